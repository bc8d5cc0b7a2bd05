namespace Sluice.Cli.Terminals;

/// <summary>Questions to the person at the keyboard. They go to the error stream: standard output may be a pipe.</summary>
internal static class Prompt
{
    private const int Longest = 64 * 1024;

    public static string? Line(string question)
    {
        Console.Error.Write(question);
        return Console.ReadLine();
    }

    /// <summary>The caller clears the array when it is done with it.</summary>
    public static char[]? Hidden(string question)
    {
        Console.Error.Write(question);
        var typed = new char[Longest];
        var length = 0;
        try
        {
            while (true)
            {
                var key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Enter)
                    return typed[..length];
                if (
                    key.Key == ConsoleKey.Escape
                    || key is { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control }
                )
                    return null;
                if (key.Key == ConsoleKey.Backspace)
                    length = Math.Max(0, length - 1);
                else if (!char.IsControl(key.KeyChar) && length < Longest)
                    typed[length++] = key.KeyChar;
            }
        }
        finally
        {
            Array.Clear(typed);
            Console.Error.WriteLine();
        }
    }
}
