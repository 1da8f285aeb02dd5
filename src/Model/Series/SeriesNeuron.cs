using System.Numerics;

namespace StereoSpike.Model;

/// <summary>The arithmetic of <see cref="SeriesLayer"/> for one step of a row of neurons: side by side in vectors, what is left over one by one.</summary>
internal static class SeriesNeuron
{
    /// <summary>The rows of a step on the way back, all of one length; those of the step before are empty in the first step.</summary>
    public readonly ref struct Step(
        ReadOnlySpan<float> potential, ReadOnlySpan<float> before, ReadOnlySpan<float> fired, ReadOnlySpan<float> adaptation, ReadOnlySpan<float> outputGradient, Span<float> drive,
        Span<float> later, ReadOnlySpan<float> inverse, ReadOnlySpan<float> threshold, Span<float> thresholdGradient, Span<float> normGradient, Span<float> adaptationGradient)
    {
        /// <summary>u[t], u[t−1], s[t−1], a[t].</summary>
        public readonly ReadOnlySpan<float> Potential = potential, Before = before, Fired = fired, Adaptation = adaptation;

        /// <summary>gs[t] from the layers above, 1/n, θ.</summary>
        public readonly ReadOnlySpan<float> OutputGradient = outputGradient, Inverse = inverse, Threshold = threshold;

        /// <summary>x[t], replaced by gI[t]; gu[t+1], replaced by gu[t]; sums of gθ and gn; ga, or empty.</summary>
        public readonly Span<float> Drive = drive, Later = later, ThresholdGradient = thresholdGradient, NormGradient = normGradient, AdaptationGradient = adaptationGradient;
    }

    /// <summary>Replaces the current by x, and works out u and s.</summary>
    public static void Forward(
        Span<float> drive, ReadOnlySpan<float> before, ReadOnlySpan<float> fired, ReadOnlySpan<float> adaptation, ReadOnlySpan<float> inverse, ReadOnlySpan<float> threshold,
        Span<float> potential, Span<float> output, float beta, float kappa, SeriesNeuronKind kind)
    {
        bool spikes = kind == SeriesNeuronKind.Spiking;
        int i = 0, lanes = Vector<float>.Count;
        for (; i <= drive.Length - lanes; i += lanes)
        {
            Vector<float> x = new Vector<float>(drive[i..]) * new Vector<float>(inverse[i..]), theta = new(threshold[i..]);
            Vector<float> left = spikes ? new Vector<float>(before[i..]) - (theta * new Vector<float>(fired[i..])) : new Vector<float>(before[i..]);
            Vector<float> u = (beta * left) + ((1f - beta) * x), m = u - theta - (kappa * new Vector<float>(adaptation[i..]));
            x.CopyTo(drive[i..]);
            u.CopyTo(potential[i..]);
            (kind switch { SeriesNeuronKind.Spiking => IsAbove(m), SeriesNeuronKind.Analog => Vector.Max(m, Vector<float>.Zero), _ => m }).CopyTo(output[i..]);
        }

        for (; i < drive.Length; i++)
        {
            float x = drive[i] * inverse[i], theta = threshold[i];
            float left = spikes ? before[i] - (theta * fired[i]) : before[i];
            float u = (beta * left) + ((1f - beta) * x), m = u - theta - (kappa * adaptation[i]);
            (drive[i], potential[i]) = (x, u);
            output[i] = kind switch { SeriesNeuronKind.Spiking => m > 0f ? 1f : 0f, SeriesNeuronKind.Analog => MathF.Max(m, 0f), _ => m };
        }
    }

    /// <summary>One step back.</summary>
    /// <returns>The step's part of gβ.</returns>
    public static float Backward(in Step step, float beta, float kappa, float rho, Surrogate surrogate, SeriesNeuronKind kind, bool detachReset)
    {
        bool spikes = kind == SeriesNeuronKind.Spiking, first = step.Before.IsEmpty, adapts = !step.AdaptationGradient.IsEmpty;
        float resetBeta = spikes && !detachReset ? beta : 0f, firedShare = spikes ? 1f : 0f;
        Vector<float> betaSum = Vector<float>.Zero;
        int i = 0, lanes = Vector<float>.Count;
        for (; i <= step.Drive.Length - lanes; i += lanes)
        {
            Vector<float> theta = new(step.Threshold[i..]), guLater = new(step.Later[i..]), x = new(step.Drive[i..]), n = new(step.Inverse[i..]);
            Vector<float> gaLater = adapts ? new Vector<float>(step.AdaptationGradient[i..]) : Vector<float>.Zero;
            Vector<float> m = new Vector<float>(step.Potential[i..]) - theta - (kappa * new Vector<float>(step.Adaptation[i..]));
            Vector<float> gs = new Vector<float>(step.OutputGradient[i..]) - (resetBeta * theta * guLater) + ((1f - rho) * gaLater);
            Vector<float> gm = gs * (kind switch { SeriesNeuronKind.Spiking => surrogate.Derivative(m), SeriesNeuronKind.Analog => IsAbove(m), _ => Vector<float>.One });
            Vector<float> gu = gm + (beta * guLater), gx = (1f - beta) * gu;
            Vector<float> before = first ? Vector<float>.Zero : new(step.Before[i..]), fired = first ? Vector<float>.Zero : firedShare * new Vector<float>(step.Fired[i..]);
            betaSum += gu * (before - (theta * fired) - x);
            (new Vector<float>(step.ThresholdGradient[i..]) - gm - (beta * fired * gu)).CopyTo(step.ThresholdGradient[i..]);
            (new Vector<float>(step.NormGradient[i..]) - (gx * x * n)).CopyTo(step.NormGradient[i..]);
            (gx * n).CopyTo(step.Drive[i..]);
            gu.CopyTo(step.Later[i..]);
            if (adapts)
            {
                ((rho * gaLater) - (kappa * gm)).CopyTo(step.AdaptationGradient[i..]);
            }
        }

        float beta1 = Vector.Sum(betaSum);
        for (; i < step.Drive.Length; i++)
        {
            float theta = step.Threshold[i], guLater = step.Later[i], x = step.Drive[i], n = step.Inverse[i], gaLater = adapts ? step.AdaptationGradient[i] : 0f;
            float m = step.Potential[i] - theta - (kappa * step.Adaptation[i]);
            float gs = step.OutputGradient[i] - (resetBeta * theta * guLater) + ((1f - rho) * gaLater);
            float gm = gs * (kind switch { SeriesNeuronKind.Spiking => surrogate.Derivative(m), SeriesNeuronKind.Analog => m > 0f ? 1f : 0f, _ => 1f }), gu = gm + (beta * guLater), gx = (1f - beta) * gu;
            float before = first ? 0f : step.Before[i], fired = first ? 0f : firedShare * step.Fired[i];
            beta1 += gu * (before - (theta * fired) - x);
            step.ThresholdGradient[i] -= gm + (beta * fired * gu);
            step.NormGradient[i] -= gx * x * n;
            step.Drive[i] = gx * n;
            step.Later[i] = gu;
            if (adapts)
            {
                step.AdaptationGradient[i] = (rho * gaLater) - (kappa * gm);
            }
        }

        return beta1;
    }

    private static Vector<float> IsAbove(Vector<float> m) => Vector.ConditionalSelect(Vector.GreaterThan(m, Vector<float>.Zero), Vector<float>.One, Vector<float>.Zero);
}
