using Sluice.Server.Outbound;

namespace Sluice.Server.Keys.Leaks;

/// <summary>Settings of the section <c>Leaks</c>: who may report leaked keys. Without <see cref="PublicKeys"/> nobody may.</summary>
internal sealed class LeakOptions
{
    /// <summary>
    /// Where the reporter's public keys are: an https address such as <c>https://api.github.com/meta/public_keys/secret_scanning</c>, or the
    /// full path of a file with the same JSON. Read again once a day, and when a report names a key that is not there.
    /// </summary>
    public string? PublicKeys { get; set; }

    /// <summary>Reports that one address may send in a minute, 1 or more. Default 120.</summary>
    public int PerMinute { get; set; } = 120;

    public bool IsGood() =>
        (PublicKeys is null || SettingsDocument.IsPlace(PublicKeys)) && PerMinute >= 1;
}
