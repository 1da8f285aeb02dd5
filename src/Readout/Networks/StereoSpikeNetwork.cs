using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Writes StereoSpike as a <see cref="NetworkGraph"/>: an encoder of five firing layers, two residual blocks, a decoder of four, and the dense analog readout.</summary>
/// <remarks>
/// Rançon, Cuadrado-Anibarro, Cottereau, Masquelier, "StereoSpike: Depth Learning With a Spiking Neural Network", IEEE Access 10 (2022), arXiv:2109.13751.
/// Sizes are worked out from the sensor's, never typed in. Deviations: none in the default settings; <see cref="StereoSpikeSettings.Downsample"/>, other inputs than
/// the polarity histogram and other units than metres are ours.
/// </remarks>
public static class StereoSpikeNetwork
{
    /// <summary>Name of the readout's node; its potential after the last head is the prediction.</summary>
    public const string Readout = "depth";

    private static readonly int[] Widths = [32, 64, 128, 256, 512];

    /// <summary>The tensors the spike penalty is taken over: the bottleneck's and the decoder's sums.</summary>
    public static IReadOnlyList<string> PenalisedNodes { get; } = ["bottleneck", "add4", "add3", "add2", "add1"];

    /// <summary>Builds the graph.</summary>
    /// <exception cref="ArgumentException">The sensor is too small for four halvings.</exception>
    public static NetworkGraph Build(StereoSpikeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var stages = new Stages(settings);
        int[] widths = [.. Widths.Select(width => Math.Max(1, (int)Math.Round(width * settings.Channels, MidpointRounding.ToEven)))];
        NetworkGraphBuilder graph = stages.Graph;

        string input = settings.Downsample == 1 ? graph.Input : graph.SumPooling("pool", graph.Input, settings.Downsample);
        string[] encoder = new string[5];
        encoder[0] = stages.FiringConvolution("bottom", input, widths[0], stages.Kernel, stride: 1);
        for (int i = 1; i < encoder.Length; i++)
        {
            encoder[i] = stages.FiringConvolution($"conv{i}", encoder[i - 1], widths[i], stages.Kernel, stride: 2);
        }

        string block = stages.ResidualBlock("bottleneck0", encoder[4], widths[4], "bottleneck0.add");
        string decoder = stages.ResidualBlock("bottleneck1", block, widths[4], "bottleneck");
        var decoders = new Dictionary<int, string>();
        for (int i = 4; i >= 1; i--)
        {
            string skip = encoder[i - 1];
            string fired = stages.UpsampledConvolution($"deconv{i}", decoder, widths[i - 1], graph.Shape(skip));
            decoder = settings.Skips ? graph.Add($"add{i}", fired, skip) : fired;
            decoders.Add(i, decoder);
        }

        string[] heads = [.. settings.Heads.Reverse().Select(head => stages.Head($"predict{head}", decoders[head]))];
        graph.Integrate(Readout, heads, settings.InputGain);
        return graph.Build();
    }

    /// <summary>The repeated parts of the network.</summary>
    private sealed class Stages(StereoSpikeSettings settings)
    {
        private readonly bool _separable = settings.Kind == ConvolutionKind.Separable;

        public NetworkGraphBuilder Graph { get; } = new(new FeatureShape(settings.InputChannels, settings.Height, settings.Width));

        public int Kernel => _separable ? 7 : 5;

        public string FiringConvolution(string name, string from, int width, int kernel, int stride) =>
            Answer(name, Convolution(name, from, width, kernel, stride, kernel / 2, bias: settings.Twin is not null));

        public string ResidualBlock(string name, string from, int width, string sum)
        {
            int kernel = _separable ? 7 : 3;
            string first = FiringConvolution($"{name}.conv1", from, width, kernel, stride: 1);
            string second = FiringConvolution($"{name}.conv2", first, width, kernel, stride: 1);
            return Graph.Add(sum, second, from);
        }

        public string UpsampledConvolution(string name, string from, int width, FeatureShape target)
        {
            string resized = Graph.NearestResize($"{name}.resize", from, target.Height + Kernel - 1, target.Width + Kernel - 1);
            return Answer(name, Convolution(name, resized, width, Kernel, stride: 1, padding: 0, bias: settings.Twin is not null));
        }

        public string Head(string name, string from)
        {
            int kernel = _separable ? 7 : 3;
            string resized = Graph.NearestResize($"{name}.resize", from, settings.Height + kernel - 1, settings.Width + kernel - 1);
            return Convolution(name, resized, 1, kernel, stride: 1, padding: 0, bias: true);
        }

        /// <summary>Neurons, or in the analog twin batch normalisation and a smooth function.</summary>
        private string Answer(string name, string from) => settings.Twin is { } function
            ? Graph.Activate(name, Graph.BatchNorm($"{name}.norm", from), function)
            : Graph.Fire(name, from, settings.NeuronSettings);

        private string Convolution(string name, string from, int width, int kernel, int stride, int padding, bool bias)
        {
            if (!_separable)
            {
                return Graph.Convolution($"{name}.conv", from, new ConvolutionOperation(width, kernel, stride, padding, 1, $"{name}.weight", bias ? $"{name}.bias" : null));
            }

            int channels = Graph.Shape(from).Channels;
            string depthwise = Graph.Convolution(
                $"{name}.depthwise", from, new ConvolutionOperation(channels, kernel, stride, padding, channels, $"{name}.depthwise", bias ? $"{name}.depthwise_bias" : null));
            return Graph.Convolution($"{name}.pointwise", depthwise, new ConvolutionOperation(width, 1, 1, 0, 1, $"{name}.pointwise", bias ? $"{name}.bias" : null));
        }
    }
}
