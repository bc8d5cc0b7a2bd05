using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Sluice.Seal.Tests;

/// <summary>Programs that know the same formats and share no line with ours; and the vectors that one of them made.</summary>
internal static class Oracle
{
    /// <summary>Runs a program to its end and returns what it printed; skips the test where the program is not installed.</summary>
    public static string Run(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var complaints = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.SkipWhen(
            complaints.Result.Contains("ModuleNotFoundError", StringComparison.Ordinal),
            $"{program} lacks a module that this test needs."
        );
        Assert.True(process.ExitCode == 0, complaints.Result);
        return output.Trim();
    }

    /// <summary>Runs a python3 script.</summary>
    public static string Python(string script, string input = "") =>
        Run("python3", ["-c", script], input);

    /// <summary>A file of spec/vectors.</summary>
    public static JsonNode Vectors(string name, [CallerFilePath] string here = "") =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(here, "../../../spec/vectors", name)))!;

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{start.FileName} is not installed.");
            throw;
        }
    }
}
