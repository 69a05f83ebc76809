module example.com/plugins/bodylog

go 1.22
