namespace StereoSpike.Model;

/// <summary>Rows that are made through the same runs of kernel rows, in the same order, and so share their weights.</summary>
/// <param name="Runs">Indices of the runs, shape [uses].</param>
/// <param name="Rows">Indices of the rows, shape [rows].</param>
/// <param name="Reads">For each of the rows the rows it reads, in the order of the runs, shape [rows][uses].</param>
internal sealed record RowPattern(int[] Runs, int[] Rows, int[][] Reads)
{
    /// <summary>Sorts rows by their pattern.</summary>
    public static RowPattern[] Group(RowUse[][] uses) =>
    [
        .. Enumerable.Range(0, uses.Length)
            .GroupBy(row => string.Join(',', uses[row].Select(use => use.Run)))
            .Select(rows => new RowPattern(
                [.. uses[rows.First()].Select(use => use.Run)], [.. rows], [.. rows.Select(row => uses[row].Select(use => use.Row).ToArray())])),
    ];
}
