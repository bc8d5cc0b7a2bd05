using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sluice.Seal;

namespace Sluice.Server.Licenses;

/// <summary>
/// Whoever issues licenses here, and whose word on this house counts. Its key comes from the room that keeps ciphertexts, before the
/// server listens.
/// </summary>
internal sealed class LicenseIssuer(IOptions<LicenseOptions> options) : IDisposable
{
    private readonly List<VerifyingKey> _named = [.. options.Value.Issuers.Select(Read)];
    private IssuerKey? _key;

    /// <exception cref="InvalidOperationException">Asked before <see cref="Use"/>.</exception>
    public IssuerKey Key =>
        _key ?? throw new InvalidOperationException("The issuer's key is not open yet.");

    /// <summary>Those that the operator names, else this house itself.</summary>
    public IReadOnlyCollection<VerifyingKey> Trusted => _named.Count > 0 ? _named : [Key.Public];

    /// <summary>Whether this house takes its own word: else its short keys open nothing but its own doors.</summary>
    public bool TrustsItself => _named.Count == 0 || _named.Any(key => key.Id == Key.Public.Id);

    public void Use(IssuerKey key) => _key = key;

    public void Dispose()
    {
        _key?.Dispose();
        _named.ForEach(key => key.Dispose());
    }

    /// <exception cref="LicenseSettingException">It is neither a key nor a file with one.</exception>
    private static VerifyingKey Read(string setting)
    {
        try
        {
            var text = File.Exists(setting) ? File.ReadAllText(setting) : setting;
            return VerifyingKey.From(Convert.FromBase64String(text.Trim()));
        }
        catch (Exception error)
            when (error
                    is FormatException
                        or CryptographicException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new LicenseSettingException(
                "Licenses:Issuers holds something that is neither the public key of an issuer (base64) nor a readable file with one."
            );
        }
    }
}

/// <summary>A setting of this room cannot be used; the message is for the operator.</summary>
internal sealed class LicenseSettingException(string message) : Exception(message);
