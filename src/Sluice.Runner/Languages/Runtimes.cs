using System.Reflection;

namespace Sluice.Runner.Languages;

/// <summary>The languages that this runner knows, and the files that come with each.</summary>
internal static class Runtimes
{
    public static IReadOnlyList<ILanguage> All { get; } =
    [new Python(), new CSharp(), new Go(), new TypeScript(), new Rust(), new Java()];

    public static ILanguage? Find(string name) =>
        All.FirstOrDefault(language => language.Name == name);

    /// <summary>A file of the folder <c>runtimes/</c>, carried inside Sluice.Language.</summary>
    public static byte[] File(string path)
    {
        using var stream =
            Assembly.Load("Sluice.Language").GetManifestResourceStream("runtimes/" + path)
            ?? throw new InvalidOperationException(
                $"The runtime file {path} is missing from this build."
            );
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
