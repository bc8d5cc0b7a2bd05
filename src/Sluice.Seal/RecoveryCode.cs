using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// What lets a person in whose authenticator is lost: 80 random bits as four groups of four characters, such as
/// <c>k3f9-0wqz-7hm2-c4tx</c>, in letters that are not mistaken for one another. Of which the store keeps the SHA-256 alone.
/// </summary>
public static class RecoveryCode
{
    private const int Length = 16;
    private const int Group = 4;
    private const string Letters = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A new one.</summary>
    public static string Mint()
    {
        var text = RandomNumberGenerator.GetString(Letters, Length);
        return string.Join('-', text.Chunk(Group).Select(group => new string(group)));
    }

    /// <summary>What is kept of a code, 32 bytes, whatever case and dashes it was typed with; null when it can be none.</summary>
    /// <param name="typed">What the person typed.</param>
    /// <param name="owner">Whose it is: a code of one opens nothing of another.</param>
    public static byte[]? Hash(string typed, string owner)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var text = string.Concat(
            typed
                .ToLowerInvariant()
                .Where(c => c is not ('-' or ' '))
                .Select(c =>
                    c switch
                    {
                        'o' => '0',
                        'i' or 'l' => '1',
                        _ => c,
                    }
                )
        );
        return text.Length == Length && text.All(Letters.Contains)
            ? TokenText.Hash($"{owner}\n{text}")
            : null;
    }
}
