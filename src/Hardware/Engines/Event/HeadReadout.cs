using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>The integrator that prediction heads add to, one after another, a row at a time.</summary>
internal abstract unsafe class HeadReadout<T>(GraphNode integrator) : IDisposable
    where T : unmanaged
{
    private readonly NativeBuffer<float>[] _potentials = [.. integrator.Inputs.Select(_ => new NativeBuffer<float>(integrator.Shape.Count))];

    /// <summary>Heads.</summary>
    public int Heads => _potentials.Length;

    /// <summary>Columns.</summary>
    protected int Columns { get; } = integrator.Shape.Width;

    /// <summary>The potential after a head, shape [H,W].</summary>
    public ReadOnlySpan<float> After(int head) => new(_potentials[head].Pointer, (int)_potentials[head].Length);

    /// <summary>Adds a row of a head's sums.</summary>
    /// <param name="head">Which head; those before it have been taken.</param>
    /// <param name="row">Which row.</param>
    /// <param name="sums">Shape [W].</param>
    public abstract void Take(int head, int row, T* sums);

    public virtual void Dispose()
    {
        foreach (NativeBuffer<float> potentials in _potentials)
        {
            potentials.Dispose();
        }
    }

    /// <summary>A row of the potentials after a head.</summary>
    protected float* Row(int head, int row) => _potentials[head].Pointer + ((long)row * Columns);
}

/// <summary>In floats.</summary>
/// <remarks><code>v ← v + m·(sum + bias)</code></remarks>
internal sealed unsafe class FloatReadout(GraphNode integrator, float gain, float[] biases) : HeadReadout<float>(integrator)
{
    public override void Take(int head, int row, float* sums)
    {
        float* after = Row(head, row), before = head == 0 ? null : Row(head - 1, row);
        float bias = biases[head];
        for (int x = 0; x < Columns; x++)
        {
            float arrived = (sums[x] + bias) * gain;
            after[x] = before == null ? arrived : before[x] + arrived;
        }
    }
}

/// <summary>In integers of 64 bits, which hold every sum: see <see cref="IntegerProgram"/>.</summary>
/// <remarks><code>v ← v + multiplier_head·(sum + bias);   potential = v·scale</code></remarks>
internal sealed unsafe class IntegerReadout(GraphNode integrator, long[] multipliers, long[] biases, double scale) : HeadReadout<int>(integrator)
{
    private readonly NativeBuffer<long> _sums = new(integrator.Shape.Count);

    public override void Take(int head, int row, int* sums)
    {
        float* after = Row(head, row);
        long* total = _sums.Pointer + ((long)row * Columns);
        long multiplier = multipliers[head], bias = biases[head];
        for (int x = 0; x < Columns; x++)
        {
            long arrived = multiplier * (sums[x] + bias);
            total[x] = head == 0 ? arrived : total[x] + arrived;
            after[x] = (float)(total[x] * scale);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _sums.Dispose();
    }
}
