using Sluice.Cli;
using Sluice.Cli.Terminals;

return await Sluices.Run(args, Terminal.OfProcess());
