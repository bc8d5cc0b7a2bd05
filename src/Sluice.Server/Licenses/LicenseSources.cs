using Microsoft.Extensions.Options;
using Sluice.Server.Outbound;
using Sluice.Server.Store;

namespace Sluice.Server.Licenses;

/// <summary>Where the license of this house comes from: the first of these that is set.</summary>
/// <param name="Name"><c>environment</c>, <c>file</c>, <c>aws</c> or <c>installed</c>; <c>none</c>.</param>
/// <param name="Text">The key; null when there is none.</param>
/// <param name="Trouble">Why it could not be read; for people.</param>
internal sealed record LicenseSource(string Name, string? Text, string? Trouble = null)
{
    public const string Installed = "installed";
    public const string None = "none";

    // The key must not reach a log by way of a record's printer.
    public override string ToString() => $"LicenseSource {{ Name = {Name} }}";
}

/// <summary>Asks the sources: <c>SLUICE_LICENSE_KEY</c>, the file of <c>Licenses:File</c>, AWS Secrets Manager, what was installed by the admin API.</summary>
internal sealed class LicenseSources(
    IConfiguration configuration,
    AwsSecretsManager secrets,
    IOptions<LicenseOptions> options
)
{
    /// <summary>The text of an installed license opens no door: it is kept as it is, since it is verified each time that it is read.</summary>
    private const string Setting = "license";

    private const int LongestFile = 16 << 10;

    /// <summary>Whether the license is set outside, so that installing another would change nothing.</summary>
    public bool IsSetOutside =>
        configuration["SLUICE_LICENSE_KEY"] is { Length: > 0 }
        || options.Value is not { File: null, Aws.Organization: null };

    /// <summary>What is set outside the store; null when nothing is.</summary>
    public async Task<LicenseSource?> Outside(CancellationToken stop) =>
        configuration["SLUICE_LICENSE_KEY"] is { Length: > 0 } text
            ? new LicenseSource("environment", text.Trim())
        : options.Value.File is { } file ? await ReadFile(file, stop)
        : options.Value.Aws.Organization is { } organization ? await ReadAws(organization, stop)
        : null;

    /// <summary>What was installed by the API, or nothing.</summary>
    public static async Task<LicenseSource> Inside(Session session) =>
        await session.House.First<string>(
            "SELECT value FROM house_settings WHERE name = @Setting",
            new { Setting }
        )
            is { } kept
            ? new LicenseSource(LicenseSource.Installed, kept)
            : new LicenseSource(LicenseSource.None, null);

    public static Task Install(Session session, string text) =>
        session.House.Execute(
            """
            INSERT INTO house_settings (name, value) VALUES (@Setting, @text)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            new { Setting, text }
        );

    private async Task<LicenseSource> ReadAws(string organization, CancellationToken stop)
    {
        var aws = options.Value.Aws;
        if (
            (aws.Region ?? configuration["AWS_REGION"]) is not { Length: > 0 } region
            || configuration["AWS_ACCESS_KEY_ID"] is not { Length: > 0 } id
            || configuration["AWS_SECRET_ACCESS_KEY"] is not { Length: > 0 } secret
        )
            return new LicenseSource(
                "aws",
                null,
                "AWS Secrets Manager cannot be asked: set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            );
        var access = new AwsAccess(
            region,
            aws.Endpoint,
            id,
            secret,
            configuration["AWS_SESSION_TOKEN"] is { Length: > 0 } token ? token : null
        );
        var (text, trouble) = await secrets.Read(
            access,
            $"{aws.Prefix}/customers/{organization}/license-key",
            stop
        );
        return new LicenseSource("aws", text?.Trim(), trouble);
    }

    private static async Task<LicenseSource> ReadFile(string file, CancellationToken stop)
    {
        try
        {
            return new FileInfo(file).Length > LongestFile
                ? new LicenseSource("file", null, $"The license file {file} is no license key.")
                : new LicenseSource("file", (await File.ReadAllTextAsync(file, stop)).Trim());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new LicenseSource("file", null, $"The license file {file} cannot be read.");
        }
    }
}
