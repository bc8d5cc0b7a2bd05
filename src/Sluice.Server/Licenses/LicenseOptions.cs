namespace Sluice.Server.Licenses;

/// <summary>Settings of the section <c>Licenses</c>.</summary>
internal sealed class LicenseOptions
{
    /// <summary>What license keys begin with, 2 to 8 of A-Z. Default <c>SLC</c>.</summary>
    public string Prefix { get; set; } = "SLC";

    /// <summary>
    /// Whose word on what this house may do counts: public keys (base64 of a SubjectPublicKeyInfo, as <c>sluice license issuer</c> shows
    /// it), or files that hold one. Without any, this house trusts itself.
    /// </summary>
    public IReadOnlyList<string> Issuers { get; set; } = [];

    /// <summary>A file that holds the license of this house; read again while the server runs.</summary>
    public string? File { get; set; }

    /// <summary>Where the license lies in AWS Secrets Manager.</summary>
    public AwsOptions Aws { get; set; } = new();

    /// <summary>How often the sources are asked again. Default one minute.</summary>
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The secret is <c>{Prefix}/customers/{Organization}/license-key</c>; who asks comes from <c>AWS_ACCESS_KEY_ID</c>,
    /// <c>AWS_SECRET_ACCESS_KEY</c> and <c>AWS_SESSION_TOKEN</c>.
    /// </summary>
    internal sealed class AwsOptions
    {
        /// <summary>Null: the license does not lie there.</summary>
        public string? Organization { get; set; }

        /// <summary>Default <c>sluice</c>.</summary>
        public string Prefix { get; set; } = "sluice";

        /// <summary>Such as <c>eu-central-1</c>; else <c>AWS_REGION</c> says it.</summary>
        public string? Region { get; set; }

        /// <summary>Address of the service; that of the region unless set.</summary>
        public Uri? Endpoint { get; set; }
    }
}
