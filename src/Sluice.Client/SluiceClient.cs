namespace Sluice.Client;

/// <summary>The Sluice API, a member per family. Every call throws <see cref="SluiceException"/> when refused.</summary>
public sealed class SluiceClient : IDisposable
{
    private readonly Wire _wire;

    /// <param name="handler">Replaces the connection handling, for a host that brings its own; null for the standard one.</param>
    public SluiceClient(SluiceClientOptions options, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _wire = new Wire(options, handler);
        Url = options.Url;
        Admin = new AdminApi(_wire);
        Audit = new AuditApi(_wire, "api/v1");
        HouseAudit = new AuditApi(_wire, "api/v1/admin");
        AuditStreams = new AuditStreamsApi(_wire);
        Configs = new ConfigsApi(_wire);
        Device = new DeviceApi(_wire);
        Flows = new FlowsApi(_wire);
        Identity = new IdentityApi(_wire);
        Keys = new KeysApi(_wire);
        Memory = new MemoryApi(_wire);
        Licenses = new LicensesApi(_wire, options);
        Packages = new PackagesApi(_wire);
        People = new PeopleApi(_wire);
        Runs = new RunsApi(_wire);
        Streams = new StreamsApi(_wire);
        Secrets = new SecretsApi(_wire);
        Settings = new SettingsApi(_wire);
        Usage = new UsageApi(_wire);
    }

    /// <summary>The server's address.</summary>
    public Uri Url { get; }
    public AdminApi Admin { get; }
    public AuditApi Audit { get; }

    /// <summary>The installation's own ledger; needs <see cref="SluiceClientOptions.AdminKey"/>.</summary>
    public AuditApi HouseAudit { get; }
    public AuditStreamsApi AuditStreams { get; }
    public ConfigsApi Configs { get; }
    public DeviceApi Device { get; }
    public FlowsApi Flows { get; }
    public IdentityApi Identity { get; }
    public KeysApi Keys { get; }
    public MemoryApi Memory { get; }
    public LicensesApi Licenses { get; }

    public PeopleApi People { get; }
    public PackagesApi Packages { get; }
    public RunsApi Runs { get; }
    public StreamsApi Streams { get; }
    public SecretsApi Secrets { get; }
    public SettingsApi Settings { get; }
    public UsageApi Usage { get; }

    public void Dispose() => _wire.Dispose();
}

/// <summary>One page of a list; <see cref="NextCursor"/> asks for the next, null at the end.</summary>
public sealed record Page<T>
{
    public required IReadOnlyList<T> Data { get; init; }
    public string? NextCursor { get; init; }
}
