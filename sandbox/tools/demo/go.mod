module sandbox/demo

go 1.26.0
