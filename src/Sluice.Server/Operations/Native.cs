using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Server.Operations;

/// <summary>A folder's own flush, which the framework's file streams do not offer.</summary>
internal static partial class Native
{
    private const int ReadOnlyFolder = 0x10000;
    private const int CloseOnExec = 0x80000;

    public static SafeFileHandle OpenFolder(string path) =>
        new(Open(path, ReadOnlyFolder | CloseOnExec), ownsHandle: true);

    // A file system that cannot flush a folder says so; there is nothing better to do on it.
    public static void Sync(SafeFileHandle handle)
    {
        if (!handle.IsInvalid)
            _ = Flush(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(SafeFileHandle handle);
}
