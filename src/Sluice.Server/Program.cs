using Sluice.Server;
using Sluice.Server.Doors.Listeners;
using Sluice.Server.Licenses;
using Sluice.Server.Operations;
using Sluice.Server.Outbound;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

try
{
    return args switch
    {
        ["backup", .. var rest] => await Verbs.Backup(rest),
        ["restore", .. var rest] => await Verbs.Restore(rest),
        ["openapi", .. var rest] => await Verbs.OpenApi(rest),
        ["serve", .. var rest] => await Verbs.Serve(rest),
        [['-', ..], ..] or [] => await Verbs.Serve(args),
        _ => await Verbs.Unknown(args[0]),
    };
}
catch (Exception error)
    when (error
            is SchemaException
                or MasterKeyException
                or FolderInUseException
                or BackupException
                or CertificateException
                or ListenerException
                or LicenseSettingException
                or OutboundSettingException
    )
{
    // Each of these speaks to the operator, in full.
    await Console.Error.WriteLineAsync(error.Message);
    return 3;
}
