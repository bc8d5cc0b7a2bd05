namespace Sluice.Server.Console.Components;

/// <summary>How hard a QR code is to read: the less, the better. Source: ISO/IEC 18004, on masking.</summary>
internal static class QrPenalty
{
    private const int Run = 3;
    private const int Block = 3;
    private const int LikeFinder = 40;
    private const int Unbalanced = 10;

    private static readonly bool[] Finder =
    [
        true,
        false,
        true,
        true,
        true,
        false,
        true,
        false,
        false,
        false,
        false,
    ];

    public static int Of(QrCode code)
    {
        var size = code.Size;
        var (penalty, dark) = (0, 0);
        for (var at = 0; at < size; at++)
        {
            var fixedAt = at;
            penalty += OfLine(size, step => code.IsDark(step, fixedAt));
            penalty += OfLine(size, step => code.IsDark(fixedAt, step));
            for (var x = 0; x < size; x++)
            {
                dark += code.IsDark(x, at) ? 1 : 0;
                if (x + 1 < size && at + 1 < size && IsBlock(code, x, at))
                    penalty += Block;
            }
        }
        var percent = dark * 100 / (size * size);
        return penalty + (Math.Abs(percent - 50) / 5 * Unbalanced);
    }

    private static bool IsBlock(QrCode code, int x, int y) =>
        code.IsDark(x, y) == code.IsDark(x + 1, y)
        && code.IsDark(x, y) == code.IsDark(x, y + 1)
        && code.IsDark(x, y) == code.IsDark(x + 1, y + 1);

    /// <summary>Five and more alike in a row, and what looks like a finder, from either end.</summary>
    private static int OfLine(int size, Func<int, bool> dark)
    {
        var (penalty, run) = (0, 1);
        for (var at = 1; at <= size; at++)
        {
            if (at < size && dark(at) == dark(at - 1))
            {
                run++;
                continue;
            }
            if (run >= 5)
                penalty += Run + run - 5;
            run = 1;
        }
        for (var at = 0; at + Finder.Length <= size; at++)
        {
            if (Looks(at, 0, 1) || Looks(at, Finder.Length - 1, -1))
                penalty += LikeFinder;
        }
        return penalty;

        bool Looks(int from, int first, int step)
        {
            for (var each = 0; each < Finder.Length; each++)
            {
                if (dark(from + each) != Finder[first + (step * each)])
                    return false;
            }
            return true;
        }
    }
}
