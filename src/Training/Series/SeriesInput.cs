namespace StereoSpike.Training;

/// <summary>What a network is given of one sample: all values, or only those that are not 0 where most are.</summary>
public sealed class SeriesInput
{
    private const int SparseBelow = 8;   // an index and a value take the room of two
    private readonly float[] _values;
    private readonly int[]? _places;

    private SeriesInput(float[] values, int[]? places, int length) => (_values, _places, Length) = (values, places, length);

    /// <summary>Number of values, zeros included.</summary>
    public int Length { get; }

    /// <summary>Wraps values; a copy of those that are not 0 is kept where they are few.</summary>
    /// <param name="values">Shape [T,F,inputs].</param>
    public static SeriesInput Of(float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        int count = values.Length - values.AsSpan().Count(0f);
        if (count * SparseBelow > values.Length)
        {
            return new SeriesInput(values, null, values.Length);
        }

        int[] places = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0f)];
        return new SeriesInput([.. places.Select(place => values[place])], places, values.Length);
    }

    /// <summary>Writes all values.</summary>
    /// <param name="to">As long as <see cref="Length"/>.</param>
    public void CopyTo(Span<float> to)
    {
        Guard.Length(to.Length, Length, nameof(to));
        if (_places is null)
        {
            _values.CopyTo(to);
            return;
        }

        to.Clear();
        for (int i = 0; i < _places.Length; i++)
        {
            to[_places[i]] = _values[i];
        }
    }

    /// <summary>All values.</summary>
    public float[] ToArray()
    {
        var values = new float[Length];
        CopyTo(values);
        return values;
    }
}
