using System.CommandLine;
using System.CommandLine.Invocation;
using Sluice.Cli.Admin;
using Sluice.Cli.Audit;
using Sluice.Cli.Configs;
using Sluice.Cli.Flows;
using Sluice.Cli.Graphs;
using Sluice.Cli.Keys;
using Sluice.Cli.Licenses;
using Sluice.Cli.Memory;
using Sluice.Cli.Migration;
using Sluice.Cli.Packages;
using Sluice.Cli.People;
using Sluice.Cli.Runs;
using Sluice.Cli.Secrets;
using Sluice.Cli.Serving;
using Sluice.Cli.Settings;
using Sluice.Cli.Terminals;

namespace Sluice.Cli;

/// <summary>The contents page: every command of the program.</summary>
internal static class Sluices
{
    public static RootCommand Define(Terminal terminal) =>
        new("Sluice: typed nodes of code, wired into flows, called over HTTP")
        {
            LoginCommand.Define(terminal),
            LogoutCommand.Define(terminal),
            WhoamiCommand.Define(terminal),
            TimeZoneCommand.Define(terminal),
            KeysCommand.Define(terminal),
            AccountsCommand.Define(terminal),
            MembersCommand.Define(terminal),
            SecretsCommand.Define(terminal),
            ConfigsCommand.Define(terminal),
            InitCommand.Define(terminal),
            Packages.CreateCommand.Define(terminal),
            GenerateCommand.Define(terminal),
            Packages.ValidateCommand.Define(terminal),
            TestCommand.Define(terminal),
            DevCommand.Define(terminal),
            PushCommand.Define(terminal),
            PackagesCommand.Define(terminal),
            FlowsCommand.Define(terminal),
            GraphsCommand.Define(terminal),
            InvokeCommand.Define(terminal),
            RunsCommand.Define(terminal),
            MemoryCommand.Define(terminal),
            UsageCommand.Define(terminal),
            SettingsCommand.Define(terminal),
            AuditCommand.Define(terminal),
            AuditCommand.Why(terminal),
            LicenseCommand.Define(terminal),
            AdminCommand.Define(terminal),
            MigrateCommand.Define(terminal),
            ServeCommand.Define(terminal),
            ServeCommand.Backup(terminal),
            ServeCommand.Restore(terminal),
            DoctorCommand.Define(terminal),
            VersionCommand.Define(terminal),
            CompletionCommand.Define(terminal),
            GlobalOptions.Json,
            GlobalOptions.Url,
            GlobalOptions.Profile,
        };

    public static async Task<int> Run(
        string[] args,
        Terminal terminal,
        CancellationToken stop = default
    )
    {
        var root = Define(terminal);
        var parse = root.Parse(args);
        // Help and completion are asked for on lines that are wrong or unfinished, too.
        if (parse.Action is ParseErrorAction)
        {
            var session = new Session(terminal, parse);
            foreach (var error in parse.Errors)
                session.Warn(error.Message);
            session.Remark($"Try {Path(parse.CommandResult)} --help");
            return (int)Exit.Usage;
        }
        return await parse.InvokeAsync(
            new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = true,
            },
            stop
        );
    }

    private static string Path(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent
            ? $"{Path(parent)} {result.Command.Name}"
            : "sluice";
}
