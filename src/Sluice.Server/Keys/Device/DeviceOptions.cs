namespace Sluice.Server.Keys.Device;

/// <summary>Settings of the section <c>Device</c>.</summary>
internal sealed class DeviceOptions
{
    /// <summary>The CLI's name.</summary>
    public const string Cli = "sluice-cli";

    /// <summary>Further programs that may ask for a key in this way, by the <c>client_id</c> that they send; the CLI may always.</summary>
    public IList<string> Clients { get; set; } = [];

    public bool Knows(string client) => client == Cli || Clients.Contains(client);
}
