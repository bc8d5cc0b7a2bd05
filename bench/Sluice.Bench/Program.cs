using Sluice.Bench;

return args switch
{
    ["child", "hello", ..] => await HelloChild.Run(),
    ["child", "house", .. var rest] => await HouseChild.Run(rest),
    _ => await BenchRun.Run(args),
};
