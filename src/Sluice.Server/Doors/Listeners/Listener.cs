using System.Net;

namespace Sluice.Server.Doors.Listeners;

/// <summary>A place where the server listens: what it shows there, and whether it asks callers for a certificate.</summary>
internal sealed record Listener
{
    /// <summary>The name of the one that <c>--urls</c> opens; its further settings are <c>Tls:…</c>.</summary>
    public const string Main = "main";

    private const string Require = "require";
    private const string DefaultUrls = "http://127.0.0.1:8787";

    /// <summary>What can be said of one under <c>Listeners:NAME:…</c>; all but the first also under <c>Tls:…</c>.</summary>
    public static readonly IReadOnlyList<string> Settings =
    [
        nameof(Urls),
        nameof(Certificate),
        nameof(Key),
        nameof(ClientCertificates),
        nameof(ClientCa),
        nameof(ClientNames),
        nameof(ClientCrl),
    ];

    public required string Name { get; init; }

    /// <summary>Whether it is the one of <c>--urls</c>.</summary>
    public bool IsMain { get; init; }

    /// <summary>Addresses, with <c>;</c> between.</summary>
    public required string Urls { get; init; }

    /// <summary>PEM, the server's own first; read again when it changes. Together with <see cref="Key"/>.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM of the private key, not encrypted.</summary>
    public string? Key { get; init; }

    /// <summary><c>none</c> (default) or <c>require</c>.</summary>
    public string ClientCertificates { get; init; } = "none";

    /// <summary>PEM of the authorities whose certificates are taken; no other authority of this machine counts.</summary>
    public string? ClientCa { get; init; }

    /// <summary>Who of them is taken, as <see cref="ClientName"/> reads it; empty: everyone.</summary>
    public IReadOnlyList<string> ClientNames { get; init; } = [];

    /// <summary>Revocation lists, PEM or DER; null: none is looked at.</summary>
    public string? ClientCrl { get; init; }

    /// <summary>Names in its section that are no setting.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    public bool AsksForCertificates => ClientCertificates == Require;

    /// <summary>Whether <see cref="ClientCertificates"/> is one of its two words.</summary>
    public bool IsClear => ClientCertificates is Require or "none";

    public IEnumerable<string> Addresses =>
        Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>How the operator writes one of its settings.</summary>
    public string Setting(string name) =>
        !IsMain ? $"Listeners:{Name}:{name}"
        : name == nameof(Urls) ? "--urls"
        : $"Tls:{name}";

    /// <summary>All of a configuration: that of <c>--urls</c> first, then those of the section <c>Listeners</c> by name.</summary>
    /// <param name="configuration">Its sections <c>Tls</c> and <c>Listeners</c>.</param>
    /// <param name="urls">What <c>--urls</c> says; null: nothing, so that it is the default unless others are named.</param>
    public static IReadOnlyList<Listener> ReadAll(IConfiguration configuration, string? urls)
    {
        var tls = configuration.GetSection("Tls");
        var main = Read(Main, tls, urls ?? DefaultUrls) with
        {
            IsMain = true,
            Certificate = tls[nameof(Certificate)] ?? configuration["SLUICE_TLS_CERTIFICATE"],
            Key = tls[nameof(Key)] ?? configuration["SLUICE_TLS_KEY"],
        };
        List<Listener> others =
        [
            .. configuration
                .GetSection("Listeners")
                .GetChildren()
                .Select(section => Read(section.Key, section, section[nameof(Urls)] ?? ""))
                .Select(other =>
                    other.Certificate is null && other.Key is null ? other.With(main) : other
                ),
        ];
        return urls is null && others.Count > 0 ? others : [main, .. others];
    }

    /// <summary>An address that does not leave this machine.</summary>
    public static bool IsLoopback(BindingAddress address) =>
        address.IsUnixPipe
        || address.Host == "localhost"
        || (
            IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)
        );

    /// <summary>The certificate of another, where it has none of its own.</summary>
    private Listener With(Listener main) =>
        this with
        {
            Certificate = main.Certificate,
            Key = main.Key,
        };

    private static Listener Read(string name, IConfigurationSection section, string urls) =>
        new()
        {
            Name = name,
            Urls = urls,
            Certificate = section[nameof(Certificate)],
            Key = section[nameof(Key)],
            ClientCertificates = section[nameof(ClientCertificates)] ?? "none",
            ClientCa = section[nameof(ClientCa)],
            ClientCrl = section[nameof(ClientCrl)],
            // One with ; between, or a list: a subject has commas of its own.
            ClientNames =
            [
                .. (section[nameof(ClientNames)] ?? "").Split(
                    ';',
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
                ),
                .. section
                    .GetSection(nameof(ClientNames))
                    .GetChildren()
                    .Select(child => child.Value ?? ""),
            ],
            Unknown =
            [
                .. section
                    .GetChildren()
                    .Select(child => child.Key)
                    .Where(key => !Knows(section, key)),
            ],
        };

    private static bool Knows(IConfigurationSection section, string key) =>
        Settings.Contains(key, StringComparer.OrdinalIgnoreCase)
        && (section.Path != "Tls" || !key.Equals(nameof(Urls), StringComparison.OrdinalIgnoreCase));
}
