namespace Sluice.Server.Outbound;

/// <summary>
/// Settings of the section <c>Outbound</c>: <c>CaBundle</c>, <c>ClientCertificate</c> and <c>ClientKey</c> (PEM files, taken up when they are replaced), <c>ConnectTimeout</c>
/// and <c>Timeout</c>, and <c>Allow:{purpose}</c>, what addresses that tenants name may lead to beside the public internet.
/// </summary>
internal sealed class OutboundSettings : IDisposable
{
    private readonly Dictionary<Purpose, AllowList> _allowed;

    private readonly TrustFiles _trust;

    private OutboundSettings(Dictionary<Purpose, AllowList> allowed, TrustFiles trust) =>
        (_allowed, _trust) = (allowed, trust);

    /// <summary>Whose certificates are believed, and the one that is shown, from now on.</summary>
    public OutboundTrust Trust => _trust.Current;

    /// <summary>For a connection to come about. Default 5 seconds.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>For a whole answer: of an address that a tenant named, of AWS Secrets Manager, of a document of the settings. Default 10 seconds.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <param name="configuration">Where they are set.</param>
    /// <param name="clock">Says when it is time to look at the files again.</param>
    /// <param name="log">Where it is said that files were replaced.</param>
    /// <exception cref="OutboundSettingException">One of them is none.</exception>
    public static OutboundSettings Read(
        IConfiguration configuration,
        TimeProvider clock,
        ILogger log
    )
    {
        var section = configuration.GetSection("Outbound");
        var allowed = new Dictionary<Purpose, AllowList>();
        foreach (var entry in section.GetSection("Allow").GetChildren())
        {
            if (!Enum.TryParse<Purpose>(entry.Key, ignoreCase: true, out var purpose))
                throw new OutboundSettingException(
                    $"Outbound:Allow:{entry.Key} is no purpose; there are {string.Join(", ", Enum.GetNames<Purpose>())}."
                );
            var (list, wrong) = AllowList.Read(entry.Value ?? "");
            allowed[purpose] =
                list
                ?? throw new OutboundSettingException(
                    $"Outbound:Allow:{purpose} has {wrong}, which is no network, address or host: write 10.1.0.0/16,2001:db8::/32,siem.internal,*.corp.example."
                );
        }
        return new OutboundSettings(
            allowed,
            new TrustFiles(
                section["CaBundle"],
                section["ClientCertificate"],
                section["ClientKey"],
                clock,
                log
            )
        )
        {
            ConnectTimeout = Time(section, "ConnectTimeout", TimeSpan.FromSeconds(5)),
            Timeout = Time(section, "Timeout", TimeSpan.FromSeconds(10)),
        };
    }

    public AllowList Allowed(Purpose purpose) =>
        _allowed.GetValueOrDefault(purpose, AllowList.Empty);

    public void Dispose() => _trust.Dispose();

    private static TimeSpan Time(IConfigurationSection section, string name, TimeSpan otherwise)
    {
        if (section[name] is not { } text)
            return otherwise;
        return
            TimeSpan.TryParse(text, out var time)
            && time > TimeSpan.Zero
            && time <= TimeSpan.FromMinutes(5)
            ? time
            : throw new OutboundSettingException(
                $"Outbound:{name} is a time of at most five minutes, such as 00:00:10."
            );
    }
}

/// <summary>A setting of what leaves the house cannot be used; the message is for the operator.</summary>
internal sealed class OutboundSettingException(string message) : Exception(message);
