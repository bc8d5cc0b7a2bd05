using System.Text;

namespace Sluice.Language.Protos;

/// <summary>How names change from one convention to another.</summary>
internal static class ProtoNames
{
    /// <summary>The JSON name that protobuf gives a field: underscores go, the letter behind one is raised.</summary>
    public static string Json(string name)
    {
        var text = new StringBuilder(name.Length);
        var raise = false;
        foreach (var c in name)
        {
            if (c != '_')
                text.Append(raise ? char.ToUpperInvariant(c) : c);
            raise = c == '_';
        }

        return text.ToString();
    }
}
