using System.Net.Security;
using System.Security.Cryptography;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Which server, and with which key.</summary>
internal static class Connection
{
    public const string DefaultUrl = "http://127.0.0.1:8787";

    /// <summary>Whether anybody has said which server; else it is the one that may run on this machine.</summary>
    public static bool IsNamed(Session session) =>
        (session.NamedUrl ?? Stored(session)?.Url) is not null;

    /// <summary>With <c>SLUICE_API_KEY</c>, else <c>SLUICE_LICENSE_KEY</c>, else with the stored login. Null after saying what is missing.</summary>
    public static SluiceClient? AsCaller(Session session)
    {
        if (session.Terminal.Variable("SLUICE_API_KEY") is { } key)
            return Open(session, session.NamedUrl ?? Stored(session)?.Url ?? DefaultUrl, key);
        if (session.Terminal.Variable("SLUICE_LICENSE_KEY") is { } license)
            return Open(
                session,
                session.NamedUrl ?? Stored(session)?.Url ?? DefaultUrl,
                key: null,
                licenseKey: license
            );
        if (Credentials.Read(session.Terminal) is not { } credentials)
        {
            session.Fail(
                Exit.NotLoggedIn,
                "credentials_unreadable",
                $"{Credentials.PathFor(session.Terminal)} is not what sluice login wrote.",
                "Log in again after removing it: sluice login"
            );
            return null;
        }
        if (credentials.Find(session.Profile) is not { } login)
        {
            session.Fail(
                Exit.NotLoggedIn,
                "not_logged_in",
                "Not logged in.",
                "Log in first: sluice login"
            );
            return null;
        }
        if (session.NamedUrl is { } other && !SamePlace(other, login.Url))
        {
            session.Fail(
                Exit.NotLoggedIn,
                "not_logged_in",
                $"Not logged in to {other}: the stored key belongs to {login.Url} and is sent nowhere else.",
                "Log in there: sluice login --url … (--profile NAME keeps both)"
            );
            return null;
        }
        if (credentials.IsOpenToOthers)
            session.Warn(
                $"{credentials.Path} can be read by others on this machine: chmod 600 {credentials.Path}"
            );
        return Open(session, login.Url, login.Key);
    }

    /// <summary>With the key in <c>SLUICE_ADMIN_API_KEY</c>. Null after saying what is missing.</summary>
    public static SluiceClient? AsOperator(Session session)
    {
        if (session.Terminal.Variable("SLUICE_ADMIN_API_KEY") is { } adminKey)
            return AsNobody(session, adminKey);
        session.Fail(
            Exit.NotLoggedIn,
            "no_admin_key",
            "This needs the operator's key in SLUICE_ADMIN_API_KEY.",
            "The server printed one when it first started, unless it was given one."
        );
        return null;
    }

    /// <summary>Without a key: health, and the admin family with the operator's key.</summary>
    public static SluiceClient? AsNobody(Session session, string? adminKey = null) =>
        Open(session, session.NamedUrl ?? Stored(session)?.Url ?? DefaultUrl, key: null, adminKey);

    /// <summary>Null after saying why: the address is none.</summary>
    public static SluiceClient? Open(
        Session session,
        string url,
        string? key,
        string? adminKey = null,
        string? licenseKey = null
    )
    {
        if (
            !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0
        )
        {
            session.Fail(
                Exit.Usage,
                "bad_url",
                $"{url} is no address of a server.",
                "Like https://sluice.example.com"
            );
            return null;
        }
        if (
            address.Scheme == "http"
            && !address.IsLoopback
            && (key ?? adminKey ?? licenseKey) is not null
        )
            session.Warn($"The key travels to {address.Host} unencrypted. Use https.");
        if (
            (key ?? adminKey ?? licenseKey) is { } text
            && text.AsSpan().ContainsAnyExceptInRange('!', '~')
        )
        {
            session.Fail(
                Exit.Usage,
                "bad_key",
                "The key holds characters that no key has.",
                "Was it pasted whole?"
            );
            return null;
        }
        if (!ReadCertificate(session, out var certificate))
            return null;
        return new SluiceClient(
            new SluiceClientOptions
            {
                Url = address,
                ApiKey = key,
                AdminKey = adminKey,
                LicenseKey = licenseKey,
                ClientCertificate = certificate,
                UserAgent = "sluice-cli/" + VersionCommand.Version,
            }
        );
    }

    /// <summary>What <c>SLUICE_CLIENT_CERTIFICATE</c> and <c>SLUICE_CLIENT_KEY</c> name. False after saying why not.</summary>
    private static bool ReadCertificate(
        Session session,
        out SslStreamCertificateContext? certificate
    )
    {
        certificate = null;
        if (session.Terminal.Variable("SLUICE_CLIENT_CERTIFICATE") is not { } file)
            return true;
        try
        {
            certificate = SluiceClientOptions.CertificateOf(
                session.Terminal.Path(file),
                session.Terminal.Variable("SLUICE_CLIENT_KEY") is { } key
                    ? session.Terminal.Path(key)
                    : null
            );
            return true;
        }
        catch (Exception error)
            when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            session.Fail(
                Exit.Usage,
                "bad_client_certificate",
                "SLUICE_CLIENT_CERTIFICATE and SLUICE_CLIENT_KEY name no certificate with its key.",
                "PEM files: the certificate first, and its private key, not encrypted."
            );
            return false;
        }
    }

    private static StoredLogin? Stored(Session session) =>
        Credentials.Read(session.Terminal)?.Find(session.Profile);

    private static bool SamePlace(string one, string other) =>
        Uri.TryCreate(one, UriKind.Absolute, out var a)
        && Uri.TryCreate(other, UriKind.Absolute, out var b)
        && Uri.Compare(
            a,
            b,
            UriComponents.SchemeAndServer,
            UriFormat.SafeUnescaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0;
}
