using System.Numerics;

namespace StereoSpike.Model;

/// <summary>When a neuron that has been charged fires: its threshold falls from step to step, so that the higher its potential, the earlier its one spike.</summary>
/// <remarks><code>
/// θ(t) = (T − t − ½) / T,  t = 0 … T − 1          falling threshold
/// fires at the first t with V ≥ θ(t)              at most once; never if V &lt; ½/T
/// x = (T − t) / T = min(1, ⌊V·T + ½⌋ / T), 0 for never     what the spike is worth to the next layer
/// ∂x/∂V ≈ 1 for 0 &lt; V &lt; 1, else 0                 surrogate gradient: a rectangle as wide as the window
/// </code>
/// Sources: Park, Kim, Na and Yoon, "T2FSNN", DAC 2020 (arXiv:2003.11741), and Rueckauer and Liu, "Conversion of analog to spiking neural networks using sparse temporal coding", ISCAS 2018, for thresholds that fall;
/// Bengio, Léonard and Courville, 2013 (arXiv:1308.3432), for the gradient. The half step rounds potentials to the nearest step in place of down.
/// </remarks>
public static class FallingThreshold
{
    /// <summary>The step of a neuron's spike.</summary>
    /// <param name="potential">V.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <returns>0 to T − 1; T for never.</returns>
    public static int Step(float potential, int steps)
    {
        for (int t = 0; t < steps; t++)
        {
            if ((potential * steps) + 0.5f >= steps - t)
            {
                return t;
            }
        }

        return steps;
    }

    /// <summary>What a spike is worth to the next layer's ramp synapses, 1/T to 1; 0 for never.</summary>
    /// <param name="step">0 to T; T for never.</param>
    /// <param name="steps">T, at least 1.</param>
    public static float Value(int step, int steps) => (float)(steps - step) / steps;

    /// <summary>What the spikes of many neurons are worth: <see cref="Value"/> of <see cref="Step"/>, without the walk over the steps.</summary>
    /// <param name="potentials">V, shape [K].</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="values">Receives x, shape [K].</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Fire(ReadOnlySpan<float> potentials, int steps, Span<float> values)
    {
        Guard.Length(values.Length, potentials.Length, nameof(values));
        int i = 0;
        Vector<float> number = new(steps), half = new(0.5f), scale = new(1f / steps);
        for (; i + Vector<float>.Count <= potentials.Length; i += Vector<float>.Count)
        {
            Vector<float> level = Vector.Floor((new Vector<float>(potentials[i..]) * number) + half);
            (Vector.Min(number, Vector.Max(Vector<float>.Zero, level)) * scale).CopyTo(values[i..]);
        }

        for (; i < potentials.Length; i++)
        {
            values[i] = Math.Clamp(MathF.Floor((potentials[i] * steps) + 0.5f), 0f, steps) * (1f / steps);
        }
    }

    /// <summary>Lets errors through where the surrogate gradient is 1.</summary>
    /// <param name="potentials">V, shape [K].</param>
    /// <param name="errors">∂L/∂x on entry, ∂L/∂V on return; shape [K].</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Gate(ReadOnlySpan<float> potentials, Span<float> errors)
    {
        Guard.Length(errors.Length, potentials.Length, nameof(errors));
        int i = 0;
        for (; i + Vector<float>.Count <= errors.Length; i += Vector<float>.Count)
        {
            var v = new Vector<float>(potentials[i..]);
            Vector<int> open = Vector.GreaterThan(v, Vector<float>.Zero) & Vector.LessThan(v, Vector<float>.One);
            Vector.ConditionalSelect(open, new Vector<float>(errors[i..]), Vector<float>.Zero).CopyTo(errors[i..]);
        }

        for (; i < errors.Length; i++)
        {
            errors[i] = potentials[i] > 0f && potentials[i] < 1f ? errors[i] : 0f;
        }
    }
}
