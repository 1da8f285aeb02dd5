using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A network of convolutions and fully connected layers whose neurons fire at most once, each layer in a window of T steps of its own; forward, and backward for learning.</summary>
/// <remarks><code>
/// window 0   pixels fire: bright ones early
/// window l   layer l, charged through ramp synapses (RampLayer) while layer l − 1 fired, fires under a falling threshold (FallingThreshold)
/// window L   the outputs are charged by layer L's spikes, an early one weighing more: V_o = b_o + Σ_h w_oh·(T − t_h)/T; the highest potential decides
/// </code>
/// Sources: windows of their own, Stanojevic, Woźniak, Bellec, Cherubini, Pantazi and Gerstner, "High-performance deep spiking neural networks with 0.3 spikes per neuron", Nature Communications 2024 (arXiv:2306.08744);
/// means in place of maxima, and outputs that weigh spikes by their time, Che et al., "Efficiently Training Time-to-First-Spike Spiking Neural Networks from Scratch", 2024 (arXiv:2410.23619), whose layers share one window.
/// Owns its buffers: one network a thread.
/// </remarks>
public sealed class TtfsNetwork
{
    private readonly RampLayer[] _layers;
    private readonly int[] _blocks;   // side of the blocks that are pooled behind each layer but the last; 1 for none
    private readonly float[] _values;
    private readonly float[] _sums;

    /// <summary>Makes a network with weights 0.</summary>
    /// <param name="settings">Its shape.</param>
    /// <param name="images">How many images it works on at once, at least 1.</param>
    /// <exception cref="ArgumentException">Pooling stands before any layer, or leaves no pixel.</exception>
    public TtfsNetwork(TtfsSettings settings, int images)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        Images = Guard.AtLeast(images, 1);
        (_layers, _blocks) = Build(settings, images);
        _values = new float[_layers.Max(layer => layer.Stride)];
        _sums = new float[_values.Length];
    }

    /// <summary>Its shape.</summary>
    public TtfsSettings Settings { get; }

    /// <summary>How many images it works on at once.</summary>
    public int Images { get; }

    /// <summary>The layers with weights, from the input on; the last one holds the outputs.</summary>
    public IReadOnlyList<RampLayer> Layers => _layers;

    /// <summary>Steps until all of the outputs' charge is known: one window for the pixels, and one for each layer that fires.</summary>
    public int DecisionSteps => _layers.Length * Settings.Steps;

    /// <summary>Lets an image's pixels fire.</summary>
    /// <param name="image">Which of the images.</param>
    /// <param name="times">Step of each pixel's spike, T or more for never; shape [C,H,W].</param>
    /// <param name="down">Rows that the picture is moved down by; what comes in from outside never fires.</param>
    /// <param name="right">Columns that it is moved to the right by.</param>
    /// <param name="mirror">Whether left and right are exchanged first.</param>
    /// <exception cref="ArgumentException">There are not C·H·W times.</exception>
    public void Show(int image, ReadOnlySpan<ushort> times, int down = 0, int right = 0, bool mirror = false)
    {
        (int channels, int height, int width, int steps) = (Settings.Channels, Settings.Height, Settings.Width, Settings.Steps);
        Guard.Length(times.Length, channels * height * width, nameof(times));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Span<float> pixel = InputPixel(_layers[0], image, y, x);
                int fromY = y - down, fromX = mirror ? width - 1 - x + right : x - right;
                bool inside = (uint)fromY < (uint)height && (uint)fromX < (uint)width;
                for (int c = 0; c < channels; c++)
                {
                    pixel[c] = inside ? FallingThreshold.Value(Math.Min((int)times[(((c * height) + fromY) * width) + fromX], steps), steps) : 0f;
                }
            }
        }
    }

    /// <summary>Runs all windows.</summary>
    /// <param name="images">How many of the images.</param>
    public void Forward(int images)
    {
        for (int l = 0; l < _layers.Length; l++)
        {
            _layers[l].Forward(images);
            for (int image = 0; l < _layers.Length - 1 && image < images; image++)
            {
                Fire(l, image);
            }
        }
    }

    /// <summary>The outputs' potentials after <see cref="Forward"/>, shape [10].</summary>
    public ReadOnlySpan<float> Potentials(int image) => _layers[^1].Potentials(image, 0, 0)[..ClassificationScore.Classes];

    /// <summary>Where ∂L/∂V of the outputs goes before <see cref="Backward"/>, shape [10].</summary>
    public Span<float> Errors(int image) => _layers[^1].Errors(image, 0, 0)[..ClassificationScore.Classes];

    /// <summary>Works the gradients of all layers out; they replace those of the last call.</summary>
    /// <param name="images">How many of the images.</param>
    public void Backward(int images)
    {
        for (int l = _layers.Length - 1; l >= 0; l--)
        {
            _layers[l].Backward(images);
            for (int image = 0; l > 0 && image < images; image++)
            {
                SendBack(l - 1, image);
            }
        }
    }

    /// <summary>When a neuron of a layer fired, counted from the beginning of its window; T for never.</summary>
    /// <param name="layer">Index of a layer that fires.</param>
    /// <param name="image">Which of the images.</param>
    /// <param name="times">Receives the steps, shape [H,W,K].</param>
    public void Times(int layer, int image, Span<ushort> times)
    {
        RampLayer from = _layers[layer];
        Guard.Length(times.Length, from.Height * from.Width * from.Neurons, nameof(times));
        for (int pixel = 0; pixel < from.Height * from.Width; pixel++)
        {
            ReadOnlySpan<float> potentials = from.Potentials(image, pixel / from.Width, pixel % from.Width);
            for (int j = 0; j < from.Neurons; j++)
            {
                times[(pixel * from.Neurons) + j] = (ushort)FallingThreshold.Step(potentials[j], Settings.Steps);
            }
        }
    }

    /// <summary>Share of a layer's neurons that fired on an image, 0 to 1.</summary>
    /// <param name="layer">Index of a layer that fires.</param>
    /// <param name="image">Which of the images.</param>
    public double FiringShare(int layer, int image)
    {
        RampLayer from = _layers[layer];
        Span<float> values = _values.AsSpan(0, from.Stride);
        long fired = 0;
        for (int pixel = 0; pixel < from.Height * from.Width; pixel++)
        {
            FallingThreshold.Fire(from.Potentials(image, pixel / from.Width, pixel % from.Width), Settings.Steps, values);
            fired += from.Neurons - values[..from.Neurons].Count(0f);
        }

        return (double)fired / (from.Height * from.Width * from.Neurons);
    }

    /// <summary>A layer fires into the next one, through the mean over its blocks.</summary>
    private void Fire(int l, int image)
    {
        (RampLayer from, RampLayer to, int block) = (_layers[l], _layers[l + 1], _blocks[l]);
        Span<float> values = _values.AsSpan(0, from.Stride), sums = _sums.AsSpan(0, from.Stride);
        int height = from.Height / block, width = from.Width / block;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Span<float> target = Target(to, image, ((y * width) + x) * from.Stride, y, x, from.Stride);
                if (block == 1)
                {
                    FallingThreshold.Fire(from.Potentials(image, y, x), Settings.Steps, target);
                    continue;
                }

                sums.Clear();
                for (int i = 0; i < block * block; i++)
                {
                    FallingThreshold.Fire(from.Potentials(image, (y * block) + (i / block), (x * block) + (i % block)), Settings.Steps, values);
                    Add(values, sums);
                }

                Scale(sums, 1f / (block * block), target);
            }
        }
    }

    /// <summary>The way back of <see cref="Fire"/>.</summary>
    private void SendBack(int l, int image)
    {
        (RampLayer to, RampLayer from, int block) = (_layers[l], _layers[l + 1], _blocks[l]);
        int height = to.Height / block, width = to.Width / block;
        Span<float> shared = _values.AsSpan(0, to.Stride);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool flat = from.Height * from.Width == 1;
                ReadOnlySpan<float> errors = flat ? from.InputErrors(image, 0, 0).Slice(((y * width) + x) * to.Stride, to.Stride) : from.InputErrors(image, y, x);
                Scale(errors, 1f / (block * block), shared);
                for (int i = 0; i < block * block; i++)
                {
                    int row = (y * block) + (i / block), column = (x * block) + (i % block);
                    Span<float> here = to.Errors(image, row, column);
                    shared.CopyTo(here);
                    FallingThreshold.Gate(to.Potentials(image, row, column), here);
                }
            }
        }
    }

    private static Span<float> Target(RampLayer to, int image, int flat, int y, int x, int length) =>
        to.Height * to.Width == 1 ? to.Input(image, 0, 0).Slice(flat, length) : to.Input(image, y, x);

    /// <summary>A pixel's input; all pixels lie behind each other where the first layer is fully connected.</summary>
    private Span<float> InputPixel(RampLayer first, int image, int y, int x) =>
        Target(first, image, ((y * Settings.Width) + x) * Settings.Channels, y, x, Settings.Channels);

    private static void Add(ReadOnlySpan<float> values, Span<float> sums)
    {
        for (int i = 0; i < values.Length; i++)
        {
            sums[i] += values[i];
        }
    }

    private static void Scale(ReadOnlySpan<float> values, float factor, Span<float> scaled)
    {
        for (int i = 0; i < values.Length; i++)
        {
            scaled[i] = values[i] * factor;
        }
    }

    private static (RampLayer[] Layers, int[] Blocks) Build(TtfsSettings settings, int images)
    {
        var layers = new List<RampLayer>();
        var blocks = new List<int>();
        (int height, int width, int channels) = (settings.Height, settings.Width, settings.Channels);
        foreach (TtfsStage stage in settings.Stages.Append(new TtfsStage(TtfsStageKind.FullyConnected, ClassificationScore.Classes, 1)))
        {
            if (stage.Kind == TtfsStageKind.AveragePooling)
            {
                if (layers.Count == 0 || blocks[^1] > 1 || height < stage.Size || width < stage.Size)
                {
                    throw new ArgumentException($"{settings.Network} on {settings.Width}×{settings.Height} px: {stage} stands before any layer, behind another pooling, or has too few pixels.", nameof(settings));
                }

                blocks[^1] = stage.Size;
                (height, width) = (height / stage.Size, width / stage.Size);
                continue;
            }

            if (stage.Kind == TtfsStageKind.FullyConnected)
            {
                (height, width, channels) = (1, 1, checked(height * width * channels));
            }

            layers.Add(new RampLayer(height, width, channels, stage.Neurons, stage.Size, images, errorsReachInput: layers.Count > 0));
            blocks.Add(1);
            channels = layers[^1].Stride;
        }

        return ([.. layers], [.. blocks]);
    }
}
