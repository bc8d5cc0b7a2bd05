namespace Sluice.Bench;

/// <summary>A temporary folder of mode 0700, and the checkout that the bench was built in.</summary>
internal sealed class BenchPlace : IAsyncDisposable
{
    private readonly string _folder;
    private Postgres? _postgres;
    private int _files;

    private BenchPlace(string root, string folder) => (Root, _folder) = (root, folder);

    /// <summary>The checkout.</summary>
    public string Root { get; }

    /// <summary>The server as it was built together with this program.</summary>
    public string ServerProgram =>
        Path.Combine(
            Root,
            "src",
            "Sluice.Server",
            Path.GetRelativePath(
                Path.Combine(Root, "bench", "Sluice.Bench"),
                AppContext.BaseDirectory
            ),
            "Sluice.Server.dll"
        );

    public static Task<BenchPlace> Open()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sluice.slnx")))
            root =
                Path.GetDirectoryName(root)
                ?? throw new InvalidOperationException("the bench runs inside a checkout only");
        return Task.FromResult(
            new BenchPlace(root, Directory.CreateTempSubdirectory("sluice-bench-").FullName)
        );
    }

    public string NewFolder(string name) =>
        Directory.CreateDirectory(Path.Combine(_folder, $"{name}-{++_files}")).FullName;

    /// <summary>A file that its owner alone can read.</summary>
    public string NewFile(string name, string text)
    {
        var path = Path.Combine(_folder, $"{++_files}-{name}");
        using var stream = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        using var writer = new StreamWriter(stream);
        writer.Write(text);
        return path;
    }

    /// <summary>PostgreSQL, started at the first need and shared by all that are measured.</summary>
    public async Task<Postgres> Postgres() => _postgres ??= await Bench.Postgres.Start();

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
