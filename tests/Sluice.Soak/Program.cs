using Sluice.Soak;

return args is ["host", .. var rest] ? await SoakHost.Run(rest) : await Verb.Run(args);
