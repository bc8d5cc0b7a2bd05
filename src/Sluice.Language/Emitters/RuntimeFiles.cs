namespace Sluice.Language.Emitters;

/// <summary>The files under <c>runtimes/</c>, which are part of this assembly: code that depends on no schema.</summary>
public static class RuntimeFiles
{
    /// <summary>The text of a file, for example <c>python/codec.py</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Read(string path)
    {
        using var stream =
            typeof(RuntimeFiles).Assembly.GetManifestResourceStream("runtimes/" + path)
            ?? throw new FileNotFoundException("No such runtime file.", path);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
