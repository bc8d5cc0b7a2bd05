namespace Sluice.Client;

/// <summary>Device login (RFC 8628): a key for this program, which a person approves in a browser. No key is sent.</summary>
public sealed class DeviceApi
{
    /// <summary>The name by which servers know the CLI.</summary>
    public const string Cli = "sluice-cli";

    private const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Wire _wire;

    internal DeviceApi(Wire wire) => _wire = wire;

    /// <param name="scopes">Names; null asks for all that the person may do.</param>
    /// <param name="environment"><c>live</c> or <c>test</c>.</param>
    public Task<DeviceLogin> Start(
        IReadOnlyList<string>? scopes,
        string environment,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            Form(
                "api/v1/auth/device",
                ("environment", environment),
                ("scope", string.Join(' ', scopes ?? []))
            ),
            SluiceJson.Default.DeviceLogin,
            Limit,
            stop
        );

    /// <summary>Asks once whether the person has decided.</summary>
    /// <exception cref="SluiceException">With <c>authorization_pending</c>, <c>slow_down</c>, <c>access_denied</c> or <c>expired_token</c>.</exception>
    public Task<DeviceKey> Poll(string deviceCode, CancellationToken stop = default) =>
        _wire.Send(
            Form(
                "api/v1/auth/device/token",
                ("grant_type", GrantType),
                ("device_code", deviceCode)
            ),
            SluiceJson.Default.DeviceKey,
            Limit,
            stop
        );

    /// <summary>Gives back a key that a device login gave (RFC 7009); it fails on its very next use.</summary>
    public async Task Revoke(string key, CancellationToken stop = default)
    {
        using var response = await _wire.Open(Form("api/v1/auth/revoke", ("token", key)), stop);
    }

    private static HttpRequestMessage Form(
        string path,
        params (string Name, string Value)[] fields
    ) =>
        new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(
                fields
                    .Prepend(("client_id", Cli))
                    .Select(field => KeyValuePair.Create(field.Item1, field.Item2))
            ),
        };
}

/// <summary>A login that waits for a person.</summary>
/// <param name="VerificationUri">Where the person types <paramref name="UserCode"/>.</param>
/// <param name="ExpiresIn">Seconds.</param>
/// <param name="Interval">Seconds between two polls.</param>
public sealed record DeviceLogin(
    string DeviceCode,
    string UserCode,
    string VerificationUri,
    long ExpiresIn,
    long? Interval
)
{
    // The code opens what a person approves.
    public override string ToString() => $"DeviceLogin {{ VerificationUri = {VerificationUri} }}";
}

public sealed record DeviceKey(string AccessToken, string? Scope, string? KeyId)
{
    // The text of a key must not reach a log by way of a record's printer.
    public override string ToString() => $"DeviceKey {{ KeyId = {KeyId} }}";
}
