module demo/greeter-go

go 1.19
