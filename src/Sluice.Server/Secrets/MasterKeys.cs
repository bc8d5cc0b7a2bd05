using System.Buffers;
using System.Buffers.Text;
using Sluice.Seal;

namespace Sluice.Server.Secrets;

/// <summary>
/// The operator's master keys: from <c>SLUICE_MASTER_KEY</c> (base64 of 32 bytes; former ones, separated by commas, in
/// <c>SLUICE_MASTER_KEYS_OLD</c>), else from a file that is made at the first start. A file is read again when a data key names a master key
/// that is not known yet, as it does after another server has rotated.
/// </summary>
internal sealed partial class MasterKeys : IDisposable
{
    private const int MostLines = 64;

    private readonly string? _file;
    private readonly Lock _gate = new();
    private readonly List<MasterKeyRing> _rings = [];
    private readonly ILogger<MasterKeys> _log;
    private volatile MasterKeyRing? _ring;

    /// <param name="configured">The current key's base64, or null to use the file.</param>
    /// <param name="former">Base64 of former keys, separated by commas.</param>
    /// <param name="file">Path of the file; not touched while a key is configured.</param>
    public MasterKeys(string? configured, string? former, string file, ILogger<MasterKeys> log)
    {
        _log = log;
        if (string.IsNullOrWhiteSpace(configured))
        {
            _file = file;
            return;
        }
        var current = FromText(configured, "SLUICE_MASTER_KEY");
        var old = (former ?? "").Split(
            ',',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        Use(
            new MasterKeyRing(current, old.Select(text => FromText(text, "SLUICE_MASTER_KEYS_OLD")))
        );
    }

    /// <summary>Whether the keys lie in a file, and so can be rotated here.</summary>
    public bool InFile => _file is not null;

    /// <exception cref="InvalidOperationException">Asked before <see cref="Open"/>.</exception>
    public MasterKeyRing Ring =>
        _ring ?? throw new InvalidOperationException("The master keys are not open yet.");

    /// <summary>Reads the file, or makes it when there is none and nothing needs the one that was there.</summary>
    /// <param name="needed">Ids of the master keys that wrap what is in the store.</param>
    /// <exception cref="MasterKeyException">The file cannot be used, or a key that is needed is not in it.</exception>
    public void Open(IReadOnlyCollection<string> needed)
    {
        if (_file is not null && !File.Exists(_file) && needed.Count == 0)
        {
            using var material = MasterKey.GenerateMaterial();
            if (Write(_file, material.Span, [], replace: false))
                LogMade(_log, _file);
        }
        if (_file is not null && !File.Exists(_file))
            throw new MasterKeyException(
                $"The store holds secrets under the master key {string.Join(", ", needed)}, and the file {_file} is missing. Put it back, or give the key in SLUICE_MASTER_KEY."
            );
        if (_file is not null)
            Use(ReadFile(_file));
        var missing = needed.Except(Ring.Ids.Select(id => id.ToString())).ToList();
        if (missing.Count > 0)
            throw new MasterKeyException(
                $"The store holds secrets under the master key {string.Join(", ", missing)}, which is not among the keys given ({Ring.Current.Id} and former ones). Give it back: as a line of the master key file, or in SLUICE_MASTER_KEYS_OLD."
            );
    }

    /// <summary>Unwraps a tenant's data key, reading the file again where the key that wrapped it is new.</summary>
    /// <exception cref="SealBrokenException">No key at hand opens it.</exception>
    public DataKey Unwrap(byte[] wrapped, string tenantId) =>
        Unwrap(wrapped, WrappedKey.AssociatedData(tenantId));

    /// <summary>Unwraps any key, reading the file again where the key that wrapped it is new.</summary>
    /// <param name="wrapped">As it is kept.</param>
    /// <param name="associatedData">Whose it is.</param>
    /// <exception cref="SealBrokenException">No key at hand opens it.</exception>
    public DataKey Unwrap(byte[] wrapped, byte[] associatedData)
    {
        if (!Ring.Knows(wrapped) && _file is not null)
        {
            lock (_gate)
            {
                if (!Ring.Knows(wrapped))
                    Use(ReadFile(_file));
            }
        }
        return Ring.Unwrap(wrapped, associatedData);
    }

    /// <summary>Reads the file again where another server may have rotated it; keys from the environment stay as they are.</summary>
    public void Refresh()
    {
        if (_file is null)
            return;
        lock (_gate)
        {
            var ring = ReadFile(_file);
            if (ring.Current.Id == Ring.Current.Id)
                ring.Dispose();
            else
                Use(ring);
        }
    }

    /// <summary>Makes a new master key the current one; those before it stay, to unwrap. Only where <see cref="InFile"/>.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            var file =
                _file ?? throw new InvalidOperationException("The master key is not in a file.");
            using var alone = LockBeside(file);
            using var material = MasterKey.GenerateMaterial();
            using var before = Load(file);
            Write(file, material.Span, before.Span, replace: true);
            Use(ReadFile(file));
        }
        LogRotated(_log, Ring.Current.Id.ToString());
    }

    public void Dispose()
    {
        foreach (var ring in _rings)
            ring.Dispose();
    }

    // A ring in use elsewhere must not lose its keys, so rings live as long as the process; a new one comes only with a rotation.
    private void Use(MasterKeyRing ring)
    {
        _rings.Add(ring);
        _ring = ring;
    }

    private MasterKeyRing ReadFile(string file)
    {
        using var text = Load(file);
        if (
            !OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead))
                != UnixFileMode.None
        )
            LogReadable(_log, file);
        var keys = new List<MasterKey>();
        foreach (var range in text.Span.Split((byte)'\n'))
        {
            var line = text.Span[range].Trim(" \t\r"u8);
            if (line.IsEmpty || line[0] == '#')
                continue;
            if (keys.Count == MostLines)
                throw new MasterKeyException($"{file} holds more than {MostLines} keys.");
            keys.Add(
                FromText(line)
                    ?? throw new MasterKeyException(
                        $"Line {keys.Count + 1} of {file} is not base64 of 32 bytes."
                    )
            );
        }
        return keys.Count > 0
            ? new MasterKeyRing(keys[0], keys[1..])
            : throw new MasterKeyException($"{file} holds no key.");
    }

    private static PinnedSecret Load(string file)
    {
        try
        {
            using var handle = File.OpenHandle(file);
            var text = new PinnedSecret((int)Math.Min(RandomAccess.GetLength(handle), 64 << 10));
            text.Length = RandomAccess.Read(handle, text.Span, 0);
            return text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException(
                $"The master key file {file} cannot be read: {error.Message}"
            );
        }
    }

    // Two servers that rotate the same file at once would each lose the other's key.
    private static FileStream LockBeside(string file) =>
        new(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Written beside and moved into place, so that no crash leaves half a key behind; false when another server was first.</summary>
    private static bool Write(
        string file,
        ReadOnlySpan<byte> material,
        ReadOnlySpan<byte> before,
        bool replace
    )
    {
        using var text = new PinnedSecret(
            Base64.GetMaxEncodedToUtf8Length(material.Length) + 1 + before.Length
        );
        Base64.EncodeToUtf8(material, text.Span, out _, out var written);
        text.Span[written] = (byte)'\n';
        before.CopyTo(text.Span[(written + 1)..]);

        var beside = $"{file}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(beside);
        using (var stream = new FileStream(beside, options))
        {
            stream.Write(text.Span);
            stream.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(beside, file, replace);
            return true;
        }
        catch (IOException) when (!replace && File.Exists(file))
        {
            File.Delete(beside);
            return false;
        }
    }

    private static MasterKey FromText(string text, string setting)
    {
        using var bytes = new PinnedSecret(text.Length * 3);
        bytes.Length = System.Text.Encoding.UTF8.GetBytes(text, bytes.Span);
        return FromText(bytes.Span.Trim(" \t\r\n"u8))
            ?? throw new MasterKeyException($"{setting} is not base64 of 32 bytes.");
    }

    private static MasterKey? FromText(ReadOnlySpan<byte> base64)
    {
        using var material = new PinnedSecret(
            Base64.GetMaxDecodedFromUtf8Length(base64.Length) + 3
        );
        var status = Base64.DecodeFromUtf8(base64, material.Span, out _, out var written);
        return status == OperationStatus.Done && written == MasterKey.Length
            ? new MasterKey(material.Span[..written])
            : null;
    }

    [LoggerMessage(
        1690,
        LogLevel.Information,
        "A master key was made in {File}; without this file no secret can be read, so back it up apart from the store"
    )]
    private static partial void LogMade(ILogger log, string file);

    [LoggerMessage(
        1691,
        LogLevel.Information,
        "The master key was rotated; {MasterKeyId} wraps from now on"
    )]
    private static partial void LogRotated(ILogger log, string masterKeyId);

    [LoggerMessage(
        1692,
        LogLevel.Warning,
        "The master key file {File} can be read by others than its owner; set its mode to 0600"
    )]
    private static partial void LogReadable(ILogger log, string file);
}

/// <summary>The master keys given do not fit; the message is for the operator and holds no key.</summary>
internal sealed class MasterKeyException(string message) : Exception(message);
