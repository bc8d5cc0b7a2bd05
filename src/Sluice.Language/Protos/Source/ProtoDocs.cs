using System.Text;

namespace Sluice.Language.Protos.Source;

/// <summary>Takes the markers and the common margin off a comment.</summary>
internal static class ProtoDocs
{
    public static string Clean(string raw, bool block)
    {
        var text = new StringBuilder(raw.Length);
        foreach (var range in raw.AsSpan().Split('\n'))
        {
            var line = raw.AsSpan(range).TrimEnd();
            if (block)
            {
                line = line.TrimStart();
                if (line.StartsWith("*"))
                    line = line[1..];
            }

            if (line.StartsWith(" "))
                line = line[1..];
            text.Append(line).Append('\n');
        }

        return text.ToString().Trim('\n', ' ');
    }
}
