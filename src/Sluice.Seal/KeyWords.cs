using System.Runtime.InteropServices;

namespace Sluice.Seal;

/// <summary>The three forms that the text of a key can have; spec/keys.md shows each.</summary>
public enum KeyShape
{
    /// <summary><c>{prefix}_{live|test}_{26 random base62}{6 base62 CRC-32}</c>.</summary>
    Standard,

    /// <summary>64 lower-case hexadecimal digits; always of the live environment.</summary>
    Hex,

    /// <summary><c>client-{name}-{env}-{hash}</c>, for callers whose credentials are of the older kind.</summary>
    Client,
}

/// <summary>The environment that the text of a key speaks of.</summary>
public enum KeyEnvironment
{
    /// <summary>Real work. Texts without an environment in them are live.</summary>
    Live,

    /// <summary>Trials.</summary>
    Test,
}

/// <summary>What a look at the text of a key, without any look-up, has shown.</summary>
public enum KeyVerdict
{
    /// <summary>The text has none of the shapes; it cannot be a key.</summary>
    Malformed,

    /// <summary>A standard shape with one of our prefixes, and a checksum that is wrong: mistyped, cut or made up.</summary>
    BadChecksum,

    /// <summary>A standard shape under a prefix that is not ours; only an imported key can look so. Its checksum says nothing.</summary>
    Foreign,

    /// <summary>The text could be a key of this house; the database decides.</summary>
    WellFormed,
}

/// <summary>The result of reading a key's text.</summary>
/// <param name="Verdict">Whether the text can be a key; shape and environment mean something unless it is malformed.</param>
/// <param name="Shape">The form the text has.</param>
/// <param name="Environment">The environment the text names.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyReading(
    KeyVerdict Verdict,
    KeyShape Shape,
    KeyEnvironment Environment
);
