namespace StereoSpike.Model;

/// <summary>The integrals of a membrane's answer to one spike of weight 1: all that fluctuation-driven initialisation needs to know of a neuron.</summary>
/// <param name="Integral">ε̄ = ∫ε dt, potential·s.</param>
/// <param name="SquareIntegral">ε̂ = ∫ε² dt, potential²·s.</param>
/// <remarks>
/// The neuron runs in steps of dt, so the integrals are sums over steps, dt·Σ k_n and dt·Σ k_n². With a = exp(−1/τ_m), b = exp(−1/τ_s), τ in steps:
/// <code>
/// CubaLif   k_n = (1-a)(aⁿ - bⁿ)/(a - b)       ε̄ = dt/(1-b)      ε̂ = dt·((1-a)/(a-b))²·[1/(1-a²) - 2/(1-ab) + 1/(1-b²)]
///           a = b:  k_n = (1-a)·n·aⁿ⁻¹         ε̄ = dt/(1-a)      ε̂ = dt·(1-a)²(1+a²)/(1-a²)³
/// Lif, Plif k_n = λ(1-λ)ⁿ, λ = 1/τ             ε̄ = dt            ε̂ = dt·λ²/(1-(1-λ)²) = dt·λ/(2-λ)
/// </code>
/// times m and m². For dt → 0 the first becomes ε̄ = τ_s, ε̂ = τ_s²/(2(τ_s + τ_m)) (Rossbroich, Gygax, Zenke 2022, arXiv:2206.10226, which sums the discrete
/// answer in a loop; the closed forms here are derived from the same recurrence, and differ from dt → 0 by 22 % in ε̂ at 20/10 ms and 2 ms steps).
/// A window of T steps from rest cuts the answer off: averaged over the window, ε̄ = dt·Σ_{n&lt;T} k_n·(T-n)/T, and the same with squares. Without leak (If) only this is finite;
/// with T = 1 it is the one-step form, k_0.
/// </remarks>
public readonly record struct SynapticKernel(double Integral, double SquareIntegral)
{
    private const double Negligible = 1e-12;
    private const int LongestAnswer = 1 << 20;

    /// <summary>The integrals of a leaky neuron in a long sequence, in closed form.</summary>
    /// <param name="neuron">LIF, PLIF at the time constant of its settings, or current-based.</param>
    /// <param name="stepSeconds">dt, s, greater than 0.</param>
    /// <exception cref="ArgumentException">IF neurons: they forget nothing, so the integral has no end. Give the window's steps.</exception>
    public static SynapticKernel Of(NeuronSettings neuron, double stepSeconds)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        Guard.Above(stepSeconds, 0.0);
        double m = neuron.InputGain, leak = 1.0 / neuron.TauSteps;
        return neuron.Kind switch
        {
            NeuronKind.CubaLif => CurrentBased(neuron.TauSteps, neuron.SynapticTauSteps, stepSeconds).Times(m),
            NeuronKind.If => throw new ArgumentException("An IF neuron never forgets, so the integral of its answer has no end; give the number of steps."),
            _ => new SynapticKernel(stepSeconds, stepSeconds * leak / (2 - leak)).Times(m),
        };
    }

    /// <summary>The integrals within a window of steps that begins at rest.</summary>
    /// <param name="neuron">Any neuron.</param>
    /// <param name="stepSeconds">dt, s, greater than 0.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="leak">λ of a PLIF layer that has learned; its settings' 1/τ if left out.</param>
    public static SynapticKernel Within(NeuronSettings neuron, double stepSeconds, int steps, float? leak = null) =>
        Windowed(Answer(neuron, Guard.AtLeast(steps, 1), leak), stepSeconds);

    /// <summary>The integrals measured from a unit impulse, by running the neuron's own arithmetic: no formula needed.</summary>
    /// <param name="neuron">A leaky neuron.</param>
    /// <param name="stepSeconds">dt, s, greater than 0.</param>
    /// <exception cref="ArgumentException">The answer does not die away.</exception>
    public static SynapticKernel Measure(NeuronSettings neuron, double stepSeconds)
    {
        float[] answer = Answer(neuron, LongestAnswer, null);
        return answer.Length < LongestAnswer
            ? FromImpulse(answer, stepSeconds)
            : throw new ArgumentException($"The neuron's answer to an impulse has not died away after {LongestAnswer} steps; give the window's steps.");
    }

    /// <summary>The integrals of any neuron's answer to an input of 1 in one step.</summary>
    /// <param name="answer">Potential above rest in each step from the impulse on, without threshold; to where nothing is left.</param>
    /// <param name="stepSeconds">dt, s, greater than 0.</param>
    public static SynapticKernel FromImpulse(ReadOnlySpan<float> answer, double stepSeconds)
    {
        double sum = 0, squares = 0;
        foreach (float k in answer)
        {
            sum += k;
            squares += (double)k * k;
        }

        return new SynapticKernel(Guard.Above(stepSeconds, 0.0) * sum, stepSeconds * squares);
    }

    /// <summary>The textbook's integrals of a current-based neuron, for dt → 0.</summary>
    /// <param name="membraneTauSeconds">τ_m, s.</param>
    /// <param name="synapticTauSeconds">τ_s, s.</param>
    public static SynapticKernel Continuous(double membraneTauSeconds, double synapticTauSeconds) => new(
        synapticTauSeconds, synapticTauSeconds * synapticTauSeconds / (2 * (synapticTauSeconds + membraneTauSeconds)));

    /// <summary>When a current-based neuron's answer peaks, s: τ_m·τ_s/(τ_m − τ_s)·ln(τ_m/τ_s), or τ where both are τ. Others peak at once.</summary>
    /// <param name="neuron">Any neuron.</param>
    /// <param name="stepSeconds">dt, s.</param>
    public static double PeakSeconds(NeuronSettings neuron, double stepSeconds)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        double m = neuron.TauSteps, s = neuron.SynapticTauSteps;
        return neuron.Kind != NeuronKind.CubaLif ? 0 : stepSeconds * (Math.Abs(m - s) < 1e-6 * m ? m : m * s / (m - s) * Math.Log(m / s));
    }

    private static SynapticKernel CurrentBased(double membraneTauSteps, double synapticTauSteps, double dt)
    {
        double a = Math.Exp(-1 / membraneTauSteps), b = Math.Exp(-1 / synapticTauSteps);
        if (Math.Abs(a - b) < 1e-6)   // nearer, the difference below loses more digits than the limit is off
        {
            return new SynapticKernel(dt / (1 - b), dt * (1 - a) * (1 - a) * (1 + (a * a)) / Math.Pow(1 - (a * a), 3));
        }

        double scale = (1 - a) / (a - b);
        return new SynapticKernel(dt / (1 - b), dt * scale * scale * ((1 / (1 - (a * a))) - (2 / (1 - (a * b))) + (1 / (1 - (b * b)))));
    }

    private static SynapticKernel Windowed(ReadOnlySpan<float> answer, double dt)
    {
        double sum = 0, squares = 0;
        for (int n = 0; n < answer.Length; n++)
        {
            double weight = (answer.Length - n) / (double)answer.Length;
            sum += weight * answer[n];
            squares += weight * answer[n] * answer[n];
        }

        return new SynapticKernel(Guard.Above(dt, 0.0) * sum, dt * squares);
    }

    /// <summary>The potential above rest after an input of 1 in the first step, in each step, for so many steps or until nothing is left.</summary>
    private static float[] Answer(NeuronSettings neuron, int steps, float? leak)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        NeuronSettings free = neuron with { Threshold = float.PositiveInfinity, ResetPotential = 0f };
        float lambda = leak ?? (neuron.Kind == NeuronKind.Plif ? 1f / neuron.TauSteps : IntegrateAndFire.Leak(neuron));
        float[] potential = [0f], current = [0f], spikes = [0f];
        var answer = new List<float>();
        float peak = 0f;
        for (int n = 0; n < steps; n++)
        {
            float[] input = [n == 0 ? 1f : 0f];
            if (neuron.Kind == NeuronKind.CubaLif)
            {
                answer.Add(potential[0]);   // U[n], which fires in this step
                CubaLif.Step(input, potential, current, spikes, free);
            }
            else
            {
                IntegrateAndFire.Step(input, potential, spikes, free, lambda);
                answer.Add(potential[0]);
            }

            peak = Math.Max(peak, MathF.Abs(answer[^1]));
            if (steps == LongestAnswer && peak > 0f && MathF.Abs(answer[^1]) < Negligible * peak && MathF.Abs(current[0]) < Negligible * peak)
            {
                break;
            }
        }

        return [.. answer];
    }

    private SynapticKernel Times(double gain) => new(Integral * gain, SquareIntegral * gain * gain);
}
