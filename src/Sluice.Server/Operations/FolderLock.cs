namespace Sluice.Server.Operations;

/// <summary>
/// Held by whoever works on an embedded store's folder: a server for as long as it runs, a restore while it replaces
/// the files. The kernel drops it when the process ends, however it ends.
/// </summary>
internal sealed class FolderLock(string folder) : IDisposable
{
    private FileStream? _file;

    /// <exception cref="FolderInUseException">Another process holds it.</exception>
    public void Take()
    {
        try
        {
            _file = new FileStream(
                Path.Combine(folder, "sluice.lock"),
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            );
        }
        catch (IOException error) when (error is not DirectoryNotFoundException)
        {
            throw new FolderInUseException(
                $"A server is running on the data folder {folder}. One embedded store serves one server: stop that one, name another folder with --data, or use PostgreSQL for several servers."
            );
        }
    }

    public void Dispose() => _file?.Dispose();
}

/// <summary>Somebody else works on the folder; the message is for the operator.</summary>
internal sealed class FolderInUseException(string message) : Exception(message);
