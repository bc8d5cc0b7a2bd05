namespace Sluice.Language.Packages;

/// <summary>The rule for a path inside a package: relative, with <c>/</c>, the same file on every system.</summary>
public static class PackagePath
{
    /// <summary>Characters of a path.</summary>
    public const int Longest = 240;

    /// <summary>What is wrong with a path, as the rest of a sentence that begins with it; null when nothing is.</summary>
    public static string? Fault(string path)
    {
        if (path.Length == 0)
            return "is empty";
        if (path.Length > Longest)
            return $"is longer than {Longest} characters";
        if (path[0] == '/')
            return "is absolute; a path within the package is expected";
        foreach (var c in path)
            if (c is < ' ' or > '~' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
                return "holds a character that is not allowed (ASCII without \\ : * ? \" < > |)";
        foreach (var part in path.Split('/'))
            if (part is "" or "." or "..")
                return "holds an empty part, `.` or `..`";
            else if (part[0] is ' ' or '-' || part[^1] is ' ' or '.')
                return "has a part that starts with a space or `-`, or ends with a space or `.`";
        return null;
    }
}
