module example.com/plugins/blockpath

go 1.22
