namespace StereoSpike.Model;

/// <summary>Which source pixel lies under which kernel tap: of a convolution with zero padding, or of a valid convolution after a nearest resize that is never carried out.</summary>
/// <remarks>
/// A resized image repeats rows, so neighbouring taps of a column of the kernel often fall on the same source row. Such taps form a <em>run</em>, and a row of the
/// output needs one product for each run and kernel column, with the taps' weights summed: 5 rows of taps become 3 or 4, 7 become 4 or 5, exactly.
/// Columns are spread out in memory instead, so that vectors can run along them.
/// </remarks>
internal sealed class ConvolutionGeometry
{
    /// <summary>Stands for a row of zeros.</summary>
    public const int ZeroRow = -1;

    private ConvolutionGeometry(int stride, int inRows, int inColumns, AxisTaps rows, AxisTaps columns, Func<int, RowUse[]>? readers)
    {
        Kernel = rows.Kernel;
        Stride = stride;
        InRows = inRows;
        InColumns = inColumns;
        OutRows = rows.Outputs;
        OutColumns = columns.Outputs;
        int[] columnSources = [.. Enumerable.Range(0, ((OutColumns - 1) * stride) + Kernel).Select(column => ColumnSource(columns, column, stride))];
        Phases = [.. Enumerable.Range(0, stride).Select(phase => ColumnPhase.Of(columnSources, phase, stride))];
        var runs = new List<TapRun>();
        RowUse[][] byOutput = [.. Enumerable.Range(0, OutRows).Select(y => Uses(rows, y, runs))];
        Runs = [.. runs];
        ByOutputRow = RowPattern.Group(byOutput);
        ByInputRow = RowPattern.Group(readers is null ? ReadFrom(byOutput) : [.. Enumerable.Range(0, inRows).Select(readers)]);
    }

    /// <summary>Kernel side.</summary>
    public int Kernel { get; }

    /// <summary>Stride.</summary>
    public int Stride { get; }

    /// <summary>Source rows.</summary>
    public int InRows { get; }

    /// <summary>Source columns.</summary>
    public int InColumns { get; }

    /// <summary>Rows made.</summary>
    public int OutRows { get; }

    /// <summary>Columns made.</summary>
    public int OutColumns { get; }

    /// <summary>The columns of the padded or resized image, sorted by their remainder after division by the stride.</summary>
    public ColumnPhase[] Phases { get; }

    /// <summary>The distinct runs of kernel rows.</summary>
    public TapRun[] Runs { get; }

    /// <summary>The output rows with the source rows that each reads.</summary>
    public RowPattern[] ByOutputRow { get; }

    /// <summary>The source rows with the output rows that read each.</summary>
    public RowPattern[] ByInputRow { get; }

    /// <summary>A convolution with zero padding.</summary>
    public static ConvolutionGeometry Padded(int rows, int columns, int kernel, int stride, int padding)
    {
        AxisTaps vertical = new(rows, null, kernel, stride, padding), horizontal = new(columns, null, kernel, stride, padding);
        return new ConvolutionGeometry(stride, rows, columns, vertical, horizontal, Readers);

        // Every source row that has a given remainder after division by the stride gets the same taps; those that reach beyond the output meet its row of zeros.
        RowUse[] Readers(int row) =>
        [
            .. from tap in Enumerable.Range(0, kernel)
               let scaled = row + padding - tap
               where scaled % stride == 0
               let y = scaled / stride
               select new RowUse(y >= 0 && y < vertical.Outputs ? y : ZeroRow, tap),
        ];
    }

    /// <summary>A convolution without padding after a nearest resize.</summary>
    public static ConvolutionGeometry Resized(int rows, int columns, NearestResizeOperation size, int kernel) => new(
        1, rows, columns, new AxisTaps(rows, size.Height, kernel, stride: 1, padding: 0), new AxisTaps(columns, size.Width, kernel, stride: 1, padding: 0), readers: null);

    /// <summary>The source of a column of the padded or resized image; negative for padding.</summary>
    private static int ColumnSource(AxisTaps columns, int column, int stride)
    {
        int output = Math.Min(column / stride, columns.Outputs - 1);
        return column - (output * stride) < columns.Kernel ? columns.Source(output, column - (output * stride)) : ZeroRow;
    }

    private static RowUse[] Uses(AxisTaps rows, int y, List<TapRun> runs)
    {
        var uses = new List<RowUse>();
        for (int first = 0, end; first < rows.Kernel; first = end)
        {
            int source = rows.Source(y, first);
            end = first + 1;
            while (source != ZeroRow && end < rows.Kernel && rows.Source(y, end) == source)
            {
                end++;
            }

            var run = new TapRun(first, end);
            if (!runs.Contains(run))
            {
                runs.Add(run);
            }

            uses.Add(new RowUse(source, runs.IndexOf(run)));
        }

        return [.. uses];
    }

    private RowUse[][] ReadFrom(RowUse[][] byOutput)
    {
        List<RowUse>[] readers = [.. Enumerable.Range(0, InRows).Select(_ => new List<RowUse>())];
        for (int y = 0; y < byOutput.Length; y++)
        {
            foreach (RowUse use in byOutput[y].Where(use => use.Row != ZeroRow))
            {
                readers[use.Row].Add(new RowUse(y, use.Run));
            }
        }

        return [.. readers.Select(uses => uses.ToArray())];
    }
}

/// <summary>Neighbouring kernel rows that fall on one source row.</summary>
/// <param name="First">The first of them.</param>
/// <param name="End">One past the last.</param>
internal readonly record struct TapRun(int First, int End);

/// <summary>A row that is read, or that reads.</summary>
/// <param name="Row">Its index, or <see cref="ConvolutionGeometry.ZeroRow"/>.</param>
/// <param name="Run">Index of the run of taps between the two rows.</param>
internal readonly record struct RowUse(int Row, int Run);
