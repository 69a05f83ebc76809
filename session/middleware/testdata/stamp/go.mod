module example.com/plugins/stamp

go 1.22

require example.com/token v1.0.0
