using Sluice.Cli.Terminals;

namespace Sluice.Cli.Packages;

/// <summary>Where the author's machine has Maven artifacts: a folder in Maven's layout, or an address.</summary>
internal sealed class MavenRepository
{
    private const string Variable = "SLUICE_MAVEN_SOURCE";

    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromMinutes(2) };

    private readonly string _place;

    public MavenRepository(Terminal terminal) =>
        _place =
            terminal.Variable(Variable)
            ?? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".m2/repository"
            );

    /// <summary>A file; null when it is not there.</summary>
    public async Task<byte[]?> Read(string path, CancellationToken stop)
    {
        if (!_place.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            var file = Path.Combine(_place, path);
            return File.Exists(file) ? await File.ReadAllBytesAsync(file, stop) : null;
        }
        try
        {
            return await s_http.GetByteArrayAsync(new Uri(_place.TrimEnd('/') + "/" + path), stop);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public string Missing(string path) => $"{_place} does not have {Path.GetFileName(path)}.";
}
