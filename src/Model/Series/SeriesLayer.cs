namespace StereoSpike.Model;

/// <summary>A layer of leaky neurons behind a convolution over time and bands, with back-propagation through time by hand: no tensors, no allocation, work in proportion to spikes.</summary>
/// <remarks>
/// With I the convolution's output, n = ‖w‖² + 1e-8 a channel, H the step function, θ the threshold of a channel and a the adaptation:
/// <code>
/// x[t] = I[t] / n
/// u[t] = β·(u[t-1] - θ·s[t-1]) + (1 - β)·x[t]
/// m[t] = u[t] - θ - κ·a[t]
/// s[t] = H(m[t]), a tie does not fire                 analog: max(0, m[t]), integrating: m[t]; both without the reset
/// a[t] = ρ·a[t-1] + (1 - ρ)·s[t-1],  ρ = exp(-1/τ_a)
/// </code>
/// Recurrent layers add V·s[t-1] of the same band to I[t]. β is one a layer and learned, θ one a channel and learned. Backwards, with σ' the surrogate and everything 0 after the last step:
/// <code>
/// gs[t] += -β·θ·gu[t+1] (unless detached) + (1 - ρ)·ga[t+1] + Vᵀ·gI[t+1]
/// gm[t]  = σ'(m[t])·gs[t]
/// ga[t]  = ρ·ga[t+1] - κ·gm[t]
/// gu[t]  = gm[t] + β·gu[t+1]
/// gI[t]  = (1 - β)·gu[t] / n
/// gβ += gu[t]·(u[t-1] - θ·s[t-1] - x[t]),   gθ -= gm[t] + β·s[t-1]·gu[t],   gn -= (1 - β)·gu[t]·x[t] / n,   gw += 2·w·gn
/// </code>
/// Source: T. Pellegrini, R. Zimmer, T. Masquelier, "Low-activity supervised convolutional spiking neural networks applied to speech commands recognition", SLT 2021 (arXiv:2011.06846), whose U is u·n here.
/// Adaptation: G. Bellec et al., NeurIPS 2018 (arXiv:1803.09574). With w/(n·θ) for weights this is <see cref="IntegrateAndFire"/>'s LIF with soft reset, τ = 1/(1 − β), threshold 1.
/// </remarks>
public sealed class SeriesLayer
{
    private const float Epsilon = 1e-8f;
    private readonly SeriesLayerSettings _settings;
    private readonly Surrogate _surrogate;
    private readonly TemporalConvolution _convolution;
    private readonly TemporalConvolution _recurrence;
    private readonly int _bands;
    private readonly int _channels;
    private readonly float _rho;

    /// <summary>Makes a layer and draws its weights.</summary>
    /// <param name="name">Begins its parameters' names.</param>
    /// <param name="bands">F.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="settings">Shape and neurons.</param>
    /// <param name="random">Draws w from N(0, 0.15²/fan-in), the published start, which makes a tenth or so of the neurons fire whatever the fan-in because of the division by ‖w‖².</param>
    public SeriesLayer(string name, int bands, int inputs, SeriesLayerSettings settings, Random random)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(random);
        (_settings, _surrogate, _channels, _bands) = (settings, Model.Surrogate.Parse(settings.Surrogate), settings.Channels, Guard.AtLeast(bands, 1));
        _convolution = new TemporalConvolution(bands, Guard.AtLeast(inputs, 1), _channels, settings.Kernel);
        _recurrence = new TemporalConvolution(bands, _channels, _channels, new TemporalKernel());
        _rho = CubaLif.Decay(settings.AdaptationTauSteps);
        bool spikes = settings.Neuron == SeriesNeuronKind.Spiking;
        TemporalKernel kernel = settings.Kernel;
        Weight = new SeriesParameter($"{name}.weight", [kernel.Steps, kernel.Bands, inputs, _channels],
            SeriesDraws.Normal(_convolution.Weights, 0.15 / Math.Sqrt(_convolution.Weights / _channels), random), float.MinValue, float.MaxValue, true);
        Beta = new SeriesParameter($"{name}.beta", [1], [settings.InitialBeta], 0f, 1f, settings.LearnBeta);
        Threshold = new SeriesParameter($"{name}.threshold", [_channels], [.. Enumerable.Repeat(spikes ? 1f : 0f, _channels)], spikes ? 0f : float.MinValue, float.MaxValue, true);
        Recurrent = settings.Recurrent
            ? new SeriesParameter($"{name}.recurrent", [_channels, _channels], SeriesDraws.Normal(_channels * _channels, 0.05 / Math.Sqrt(_channels), random), float.MinValue, float.MaxValue, true)
            : null;
    }

    /// <summary>Elements of a step, F·C.</summary>
    public int Width => _bands * _channels;

    /// <summary>w, β, θ, and V where there is one: the order of the gradients.</summary>
    public IReadOnlyList<SeriesParameter> Parameters => Recurrent is null ? [Weight, Beta, Threshold] : [Weight, Beta, Threshold, Recurrent];

    internal SeriesParameter Weight { get; }

    internal SeriesParameter Beta { get; }

    internal SeriesParameter Threshold { get; }

    private SeriesParameter? Recurrent { get; }

    /// <summary>Room for one sequence of T steps.</summary>
    public SeriesLayerTrace Trace(int steps) => new(Guard.AtLeast(steps, 1), Width, Math.Max(_convolution.TurnedWeights, _recurrence.TurnedWeights), Math.Max(_convolution.ScratchLength(steps), _recurrence.ScratchLength(1)));

    /// <summary>Runs a sequence from rest.</summary>
    /// <param name="input">Shape [T,F,inputs].</param>
    /// <param name="trace">Receives potentials and output.</param>
    public void Forward(ReadOnlySpan<float> input, SeriesLayerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        float[] drive = trace.Drive;
        Array.Clear(drive);
        _convolution.Forward(input, Weight.Values, drive);
        Span<float> inverse = Scratch(trace, 0), threshold = Scratch(trace, 1), zeros = Scratch(trace, 2);
        Spread(Threshold.Values, threshold);
        InverseNorms(inverse);
        zeros.Clear();
        int width = Width, steps = drive.Length / width;
        bool adapts = _settings.Adaptation > 0f;
        for (int t = 0; t < steps; t++)
        {
            Span<float> row = drive.AsSpan(t * width, width), u = trace.Potentials.AsSpan(t * width, width), s = trace.Output.AsSpan(t * width, width), a = trace.Adaptation.AsSpan(t * width, width);
            ReadOnlySpan<float> before = t > 0 ? trace.Potentials.AsSpan((t - 1) * width, width) : zeros, fired = t > 0 ? trace.Output.AsSpan((t - 1) * width, width) : zeros;
            if (Recurrent is not null)
            {
                _recurrence.Forward(fired, Recurrent.Values, row);
            }

            if (adapts)
            {
                Adapt(t > 0 ? trace.Adaptation.AsSpan((t - 1) * width, width) : zeros, fired, a);
            }

            SeriesNeuron.Forward(row, before, fired, a, inverse, threshold, u, s, Beta.Values[0], _settings.Adaptation, _settings.Neuron);
        }
    }

    /// <summary>Goes back through a sequence.</summary>
    /// <param name="input">What <see cref="Forward"/> was given.</param>
    /// <param name="trace">What it left, with the gradient of the output filled in.</param>
    /// <param name="gradients">Gradients are added here, one array a parameter in the order of <see cref="Parameters"/>.</param>
    /// <param name="inputGradient">Receives the gradient of the input; empty where nobody asks.</param>
    public void Backward(ReadOnlySpan<float> input, SeriesLayerTrace trace, ReadOnlySpan<float[]> gradients, Span<float> inputGradient)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Span<float> inverse = Scratch(trace, 0), threshold = Scratch(trace, 1), later = Scratch(trace, 2), thresholdGradient = Scratch(trace, 3), normGradient = Scratch(trace, 4);
        float[] adaptationGradient = new float[_settings.Adaptation > 0f ? Width : 0], hiddenGradient = new float[Recurrent is null ? 0 : Width], turned = trace.Turned;
        later.Clear();
        thresholdGradient.Clear();
        normGradient.Clear();
        if (Recurrent is not null)
        {
            _recurrence.Turn(Recurrent.Values, turned);
        }

        int width = Width, steps = trace.Output.Length / width;
        double betaGradient = 0;
        for (int t = steps - 1; t >= 0; t--)
        {
            Span<float> gs = trace.OutputGradient.AsSpan(t * width, width), drive = trace.Drive.AsSpan(t * width, width);
            bool cut = _settings.TruncateSteps > 0 && (t + 1) % _settings.TruncateSteps == 0;
            if (cut)
            {
                later.Clear();
                Array.Clear(adaptationGradient);
            }
            else if (Recurrent is not null && t + 1 < steps)
            {
                _recurrence.BackwardInput(turned, trace.Drive.AsSpan((t + 1) * width, width), hiddenGradient, trace.Frame);
                Rows.AddScaled(1f, hiddenGradient, gs);
            }

            ReadOnlySpan<float> before = t > 0 ? trace.Potentials.AsSpan((t - 1) * width, width) : [], fired = t > 0 ? trace.Output.AsSpan((t - 1) * width, width) : [];
            betaGradient += SeriesNeuron.Backward(new SeriesNeuron.Step(
                trace.Potentials.AsSpan(t * width, width), before, fired, trace.Adaptation.AsSpan(t * width, width), gs, drive, later, inverse, threshold, thresholdGradient, normGradient, adaptationGradient),
                Beta.Values[0], _settings.Adaptation, _rho, _surrogate, _settings.Neuron, _settings.DetachReset);
            if (Recurrent is not null && t > 0)
            {
                _recurrence.BackwardWeights(fired, drive, gradients[3]);
            }
        }

        gradients[1][0] += (float)betaGradient;
        Gather(thresholdGradient, gradients[2]);
        _convolution.BackwardWeights(input, trace.Drive, gradients[0]);
        AddNormGradient(normGradient, gradients[0]);
        if (!inputGradient.IsEmpty)
        {
            _convolution.Turn(Weight.Values, turned);
            _convolution.BackwardInput(turned, trace.Drive, inputGradient, trace.Frame);
        }
    }

    private Span<float> Scratch(SeriesLayerTrace trace, int row) => trace.Scratch.AsSpan(row * Width, Width);

    private void Adapt(ReadOnlySpan<float> before, ReadOnlySpan<float> fired, Span<float> a)
    {
        for (int i = 0; i < a.Length; i++)
        {
            a[i] = (_rho * before[i]) + ((1f - _rho) * fired[i]);
        }
    }

    /// <summary>1/n of every channel, on every band.</summary>
    private void InverseNorms(Span<float> inverse)
    {
        Span<float> norms = inverse[.._channels];
        norms.Clear();
        for (int at = 0; at < Weight.Values.Length; at += _channels)
        {
            ReadOnlySpan<float> row = Weight.Values.AsSpan(at, _channels);
            for (int c = 0; c < row.Length; c++)
            {
                norms[c] += row[c] * row[c];
            }
        }

        for (int c = 0; c < norms.Length; c++)
        {
            norms[c] = 1f / (norms[c] + Epsilon);
        }

        Spread(norms, inverse);
    }

    private void Spread(ReadOnlySpan<float> channels, Span<float> row)
    {
        for (int at = 0; at < row.Length; at += _channels)
        {
            channels.CopyTo(row[at..]);
        }
    }

    private void Gather(ReadOnlySpan<float> row, Span<float> channels)
    {
        for (int at = 0; at < row.Length; at += _channels)
        {
            Rows.AddScaled(1f, row.Slice(at, _channels), channels);
        }
    }

    private void AddNormGradient(Span<float> row, Span<float> weightGradient)
    {
        Span<float> channels = stackalloc float[_channels];
        channels.Clear();
        Gather(row, channels);
        for (int at = 0; at < weightGradient.Length; at += _channels)
        {
            ReadOnlySpan<float> w = Weight.Values.AsSpan(at, _channels);
            for (int c = 0; c < w.Length; c++)
            {
                weightGradient[at + c] += 2f * w[c] * channels[c];
            }
        }
    }
}
