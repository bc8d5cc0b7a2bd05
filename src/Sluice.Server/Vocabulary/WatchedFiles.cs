using System.Security.Cryptography;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// What was read from files, and is read again when they have changed: at most once a second, when it is asked for, so that
/// renewing is replacing them. Files that do not fit together are not taken; what was read before stays in use.
/// </summary>
internal sealed class WatchedFiles<T>
    where T : class
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _paths;
    private readonly Func<IReadOnlyList<byte[]>, T> _load;
    private readonly string _unreadable;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private T _current;
    private string _print;
    private string? _refused;
    private long _lookedAt;

    /// <param name="paths">In the order in which <paramref name="load"/> gets their bytes.</param>
    /// <param name="load">Makes the thing; a <see cref="CertificateException"/> says why it cannot.</param>
    /// <param name="unreadable">What to tell the operator when one cannot be read.</param>
    /// <param name="clock">Says when it is time to look again.</param>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    public WatchedFiles(
        IReadOnlyList<string> paths,
        Func<IReadOnlyList<byte[]>, T> load,
        string unreadable,
        TimeProvider clock
    )
    {
        (_paths, _load, _unreadable, _clock) = (paths, load, unreadable, clock);
        var (print, files) = ReadFiles();
        (_current, _print) = (load(files), print);
        _lookedAt = clock.GetTimestamp();
    }

    /// <summary>Called with what is in use from now on.</summary>
    public Action<T>? Taken { get; init; }

    /// <summary>Called with the reason why changed files are not taken, once for each change.</summary>
    public Action<string>? Refused { get; init; }

    /// <summary>What is in use, without a look at the files.</summary>
    public T Known => _current;

    /// <summary>What is in use from now on.</summary>
    public T Current
    {
        get
        {
            if (_clock.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookAgainAfter)
                LookAgain();
            return _current;
        }
    }

    private void LookAgain()
    {
        lock (_gate)
        {
            if (_clock.GetElapsedTime(_lookedAt) < LookAgainAfter)
                return;
            Volatile.Write(ref _lookedAt, _clock.GetTimestamp());
            string? print = null;
            try
            {
                (print, var files) = ReadFiles();
                if (print == _print || print == _refused)
                    return;
                (_current, _print) = (_load(files), print);
                Taken?.Invoke(_current);
            }
            catch (CertificateException error)
            {
                if (_refused != print || print is null)
                    Refused?.Invoke(error.Message);
                _refused = print;
            }
        }
    }

    private (string Print, IReadOnlyList<byte[]> Files) ReadFiles()
    {
        try
        {
            var files = _paths.Select(File.ReadAllBytes).ToList();
            var prints = files.Select(file => Convert.ToHexString(SHA256.HashData(file)));
            return (string.Join(' ', prints), files);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(_unreadable);
        }
    }
}

/// <summary>A certificate, or what certificates are judged by, cannot be used; the message is for the operator.</summary>
internal sealed class CertificateException(string message) : Exception(message);
