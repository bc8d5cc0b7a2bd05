using System.CommandLine;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary><c>handle/package@1.2.3</c> on the command line.</summary>
internal static class PackageArgument
{
    public static Argument<string> Define() =>
        new("package") { Description = "handle/package@version" };

    /// <summary>Null after saying what is expected.</summary>
    public static PackageReference? Read(Session session, string text)
    {
        if (PackageReference.TryParse(text, out var reference))
            return reference;
        session.Fail(
            Exit.Usage,
            "bad_package",
            $"{text} is no package.",
            "Like demo/greeter@0.1.0: sluice packages list"
        );
        return null;
    }
}
