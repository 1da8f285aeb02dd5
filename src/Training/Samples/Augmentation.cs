namespace StereoSpike.Training;

/// <summary>Varies a sample without breaking its stereo geometry.</summary>
public static class Augmentation
{
    /// <summary>Draws one variation.</summary>
    /// <param name="sample">The sample; unchanged.</param>
    /// <param name="settings">What may happen, and how often.</param>
    /// <param name="random">A generator of the sample's own: seed, epoch and index decide, not the order of work.</param>
    public static LabelledWindow Vary(LabelledWindow sample, AugmentationSettings settings, Random random)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(random);

        // One draw for each question, asked or not, so that a setting changes nothing but its own answer.
        double vertical = random.NextDouble(), horizontal = random.NextDouble(), time = random.NextDouble();
        double dropLeft = random.NextDouble() * settings.EventDrop, dropRight = random.NextDouble() * settings.EventDrop;
        int shift = Spread(random, settings.ShiftPx), rows = Spread(random, settings.RowJitterPx);
        long clock = Spread(random, (int)settings.ClockJitterUs);
        int leftSeed = random.Next(), rightSeed = random.Next();

        LabelledWindow varied = sample;
        varied = time < settings.TimeMirror && varied.StartTruth is not null ? MirrorTime(varied) : varied;
        varied = horizontal < settings.HorizontalFlip && varied.RightTruth is not null ? FlipHorizontally(varied) : varied;
        varied = vertical < settings.VerticalFlip ? FlipVertically(varied) : varied;
        varied = shift != 0 ? ShiftDisparity(varied, shift) : varied;
        varied = rows != 0 || clock != 0 ? JitterRight(varied, rows, clock) : varied;
        return settings.EventDrop > 0
            ? WithEvents(varied, Drop(varied.Window.Left, dropLeft, new Random(leftSeed)), Drop(varied.Window.Right, dropRight, new Random(rightSeed)))
            : varied;
    }

    /// <summary>Upside down: rows are counted from the bottom.</summary>
    public static LabelledWindow FlipVertically(LabelledWindow sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        int bottom = sample.Window.Sensor.Height - 1;
        DvsEvent Flip(DvsEvent e) => e with { Y = (ushort)(bottom - e.Y) };
        return WithEvents(sample, Map(sample.Window.Left, Flip), Map(sample.Window.Right, Flip)) with
        {
            Truth = Remap(sample.Truth, (x, y) => (x, bottom - y)),
            RightTruth = sample.RightTruth is null ? null : Remap(sample.RightTruth, (x, y) => (x, bottom - y)),
            StartTruth = sample.StartTruth is null ? null : Remap(sample.StartTruth, (x, y) => (x, bottom - y)),
        };
    }

    /// <summary>Mirrored: columns are counted from the right, and the cameras change places, since the mirror image of the right camera sees the scene from the left.</summary>
    /// <exception cref="InvalidOperationException">The right camera's truth is unknown.</exception>
    public static LabelledWindow FlipHorizontally(LabelledWindow sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        DepthMap rightTruth = sample.RightTruth ?? throw new InvalidOperationException("A horizontal flip makes the right camera the left one and needs its depth, which this recording lacks.");
        int edge = sample.Window.Sensor.Width - 1;
        DvsEvent Flip(DvsEvent e) => e with { X = (ushort)(edge - e.X) };
        return WithEvents(sample, Map(sample.Window.Right, Flip), Map(sample.Window.Left, Flip)) with
        {
            Truth = Remap(rightTruth, (x, y) => (edge - x, y)),
            RightTruth = Remap(sample.Truth, (x, y) => (edge - x, y)),
            StartTruth = null,
        };
    }

    /// <summary>Backwards in time: what got brighter gets darker, and the scene ends where it began.</summary>
    /// <exception cref="InvalidOperationException">The truth at the window's start is unknown.</exception>
    public static LabelledWindow MirrorTime(LabelledWindow sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        DepthMap start = sample.StartTruth ?? throw new InvalidOperationException("A time mirror ends where the window began and needs the depth there, which this recording lacks.");
        long sum = sample.Window.Window.StartUs + sample.Window.Window.EndUs - 1;   // keeps [start, end) in itself
        DvsEvent[] Mirror(ReadOnlyMemory<DvsEvent> events)
        {
            DvsEvent[] mirrored = Map(events, e => e with { TimestampUs = sum - e.TimestampUs, Polarity = e.Polarity == Polarity.On ? Polarity.Off : Polarity.On });
            Array.Reverse(mirrored);
            return mirrored;
        }

        return WithEvents(sample, Mirror(sample.Window.Left), Mirror(sample.Window.Right)) with { Truth = start, RightTruth = null, StartTruth = sample.Truth };
    }

    /// <summary>Moves the right image by <paramref name="shiftPx"/> columns to the right, which takes as much off every disparity; truth whose disparity would fall under half a pixel becomes unknown.</summary>
    public static LabelledWindow ShiftDisparity(LabelledWindow sample, int shiftPx)
    {
        ArgumentNullException.ThrowIfNull(sample);
        double focalBaseline = sample.FocalBaselinePxMetres;
        return WithEvents(sample, sample.Window.Left, Move(sample.Window, shiftPx, 0, 0)) with
        {
            Truth = Shifted(sample.Truth),
            RightTruth = null,
            StartTruth = null,
        };

        DepthMap Shifted(DepthMap truth) => new(truth.Sensor, [.. truth.Metres.Select(depth =>
        {
            double disparity = (focalBaseline / depth) - shiftPx;
            return disparity >= 0.5 ? (float)(focalBaseline / disparity) : float.NaN;
        })]);
    }

    private static LabelledWindow JitterRight(LabelledWindow sample, int rows, long clockUs) =>
        WithEvents(sample, sample.Window.Left, Move(sample.Window, 0, rows, clockUs)) with { RightTruth = null };

    /// <summary>The right camera's events moved; what leaves the sensor or the window is lost.</summary>
    private static DvsEvent[] Move(StereoWindow window, int columns, int rows, long timeUs)
    {
        var kept = new List<DvsEvent>(window.Right.Length);
        foreach (DvsEvent e in window.Right.Span)
        {
            int x = e.X + columns, y = e.Y + rows;
            if (window.Sensor.Contains(x, y) && window.Window.Contains(e.TimestampUs + timeUs))
            {
                kept.Add(e with { X = (ushort)x, Y = (ushort)y, TimestampUs = e.TimestampUs + timeUs });
            }
        }

        return [.. kept];
    }

    private static DvsEvent[] Drop(ReadOnlyMemory<DvsEvent> events, double share, Random random)
    {
        var kept = new List<DvsEvent>(events.Length);
        foreach (DvsEvent e in events.Span)
        {
            if (random.NextDouble() >= share)
            {
                kept.Add(e);
            }
        }

        return [.. kept];
    }

    private static DvsEvent[] Map(ReadOnlyMemory<DvsEvent> events, Func<DvsEvent, DvsEvent> change)
    {
        var mapped = new DvsEvent[events.Length];
        for (int i = 0; i < mapped.Length; i++)
        {
            mapped[i] = change(events.Span[i]);
        }

        return mapped;
    }

    private static DepthMap Remap(DepthMap map, Func<int, int, (int X, int Y)> source)
    {
        (int width, int height) = (map.Sensor.Width, map.Sensor.Height);
        var metres = new float[map.Metres.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int fromX, int fromY) = source(x, y);
                metres[(y * width) + x] = map.Metres[(fromY * width) + fromX];
            }
        }

        return new DepthMap(map.Sensor, metres);
    }

    private static LabelledWindow WithEvents(LabelledWindow sample, ReadOnlyMemory<DvsEvent> left, ReadOnlyMemory<DvsEvent> right) =>
        sample with { Window = sample.Window with { Left = left, Right = right } };

    private static int Spread(Random random, int limit)
    {
        double draw = random.NextDouble();
        return (int)Math.Floor(draw * ((2 * limit) + 1)) - limit;
    }
}
