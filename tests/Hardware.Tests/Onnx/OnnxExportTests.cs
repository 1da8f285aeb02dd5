using CsCheck;
using Microsoft.ML.OnnxRuntime;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class OnnxExportTests
{
    private const double FloatRounding = 1e-4;   // relative to a layer's largest |value|: float32 sums of some hundred terms

    [Theory]
    [InlineData("dense-if")]
    [InlineData("dense-plif")]
    [InlineData("separable-plif")]
    [InlineData("monocular-dense-if")]
    public void ONNX_Runtime_gives_the_spikes_and_depths_of_the_reference_file(string name)
    {
        ReferenceReport report = EngineVerification.Verify(ReferenceFile.Load(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.npz")), "onnx", threads: 1);

        Assert.Equal((0, 0), (report.SpikeMismatches, report.SpikeTies));
        Assert.InRange(report.DepthMaxAbs, 0, 1e-4);
        Assert.True(report.Passed);
        Assert.Null(report.GradientMaxRel);
    }

    [Fact]
    public void Every_graph_computes_what_plain_sums_say()
    {
        RandomGraphs.Cases().Sample(graphCase =>
        {
            NetworkGraph graph = graphCase.Graph;
            Dictionary<string, float[]> found = Run(OnnxExport.Graph(graph, graphCase.Weights, traced: true), graphCase.Steps[0], graph.Input.Shape, batch: 1);

            PlainNetwork plain = new PlainNetwork(graph, graphCase.Weights).Run(graphCase.Steps[0], node => found[node]);

            Assert.All(graph.FiringNodes, node => plain.AssertSpikes(node.Name, found[node.Name], FloatRounding));
            foreach (GraphNode node in graph.Nodes.Where(node => found.ContainsKey(node.Name) && node.Operation is not FiringOperation))
            {
                double largest = Math.Max(1, plain.Values[node.Name].Max(Math.Abs));
                Assert.All(plain.Values[node.Name].Zip(found[node.Name]), pair => Assert.Equal(pair.First, pair.Second, FloatRounding * largest));
            }
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void A_batch_of_any_size_gives_each_sample_its_own_answer()
    {
        RandomGraphs.Cases().Sample(graphCase =>
        {
            FeatureShape shape = graphCase.Graph.Input.Shape;
            byte[] model = OnnxExport.Graph(graphCase.Graph, graphCase.Weights, traced: true);
            float[] other = [.. graphCase.Steps[0].Reverse()];

            Dictionary<string, float[]> both = Run(model, [.. graphCase.Steps[0], .. other], shape, batch: 2);

            Dictionary<string, float[]>[] single = [Run(model, graphCase.Steps[0], shape, batch: 1), Run(model, other, shape, batch: 1)];
            Assert.All(both.Keys, name => Assert.Equal([.. single[0][name], .. single[1][name]], both[name]));
        }, iter: 20, threads: 1);
    }

    [Theory]
    [InlineData(346, 260)]
    [InlineData(240, 180)]
    [InlineData(640, 480)]
    [InlineData(87, 65)]
    public void On_every_sensor_the_runtimes_resize_takes_the_source_pixels_that_the_network_takes(int width, int height)
    {
        foreach (ConvolutionKind kind in Enum.GetValues<ConvolutionKind>())
        {
            NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Width = width, Height = height, Kind = kind, Channels = 1.0 / 32 });
            foreach (GraphNode node in graph.Nodes.Where(node => node.Operation is NearestResizeOperation))
            {
                foreach ((int from, int to) in new[] { (graph[node.Inputs[0]].Shape.Height, node.Shape.Height), (graph[node.Inputs[0]].Shape.Width, node.Shape.Width) })
                {
                    float[] numbered = [.. Enumerable.Range(0, from).Select(i => (float)i)];
                    var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, from));
                    builder.NearestResize("resized", builder.Input, 1, to);

                    float[] taken = Run(OnnxExport.Graph(builder.Build(), new Dictionary<string, WeightTensor>()), numbered, new FeatureShape(1, 1, from), 1)["resized"];

                    Assert.Equal(NearestResize.Sources(from, to).Select(i => (float)i), taken);
                }
            }
        }
    }

    [Fact]
    public void A_resize_whose_tables_differ_is_written_as_gathers_and_stays_right()
    {
        // Looked for, not assumed: the first pair of sides where ⌊i/(out/in)⌋ in float32 is another pixel than ⌊i·in/out⌋.
        IEnumerable<(int From, int To)> pairs = Enumerable.Range(1, 300).SelectMany(source => Enumerable.Range(1, 400).Select(target => (source, target)));
        (int from, int to) = pairs.First(pair => Enumerable.Range(0, pair.To).Any(i => OnnxExport.RuntimeSource(i, pair.From, pair.To) != NearestResize.Source(i, pair.From, pair.To)));
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, from));
        builder.NearestResize("resized", builder.Input, 1, to);
        byte[] model = OnnxExport.Graph(builder.Build(), new Dictionary<string, WeightTensor>());

        float[] taken = Run(model, [.. Enumerable.Range(0, from).Select(i => (float)i)], new FeatureShape(1, 1, from), 1)["resized"];

        Assert.Equal(NearestResize.Sources(from, to).Select(i => (float)i), taken);
        Assert.Contains("Gather", System.Text.Encoding.Latin1.GetString(model), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DepthUnit.Metres)]
    [InlineData(DepthUnit.LogMetres)]
    public void The_file_reads_depth_off_the_potential_as_the_readout_does(DepthUnit unit)
    {
        StereoSpikeSettings settings = TestNetworks.Settings with { Unit = unit, ReadoutOffset = 1.5f, ReadoutScale = 0.5f };
        StereoSpikeWeights weights = TestNetworks.Draw(settings);
        float[] input = [.. Enumerable.Range(0, 4 * settings.Sensor.Pixels).Select(i => i % 7 == 0 ? 1f : 0f)];

        Dictionary<string, float[]> found = Run(OnnxExport.StereoSpike(weights, traced: false), input, new FeatureShape(4, settings.Height, settings.Width), 1);

        float[] expected = new DepthReadout(settings, 1).Read(found[StereoSpikeNetwork.Readout]).Metres;
        Assert.All(expected.Zip(found["depth_m"]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f * pair.First));
    }

    private static Dictionary<string, float[]> Run(byte[] model, float[] input, FeatureShape shape, int batch)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using OrtValue given = OrtValue.CreateTensorValueFromMemory(input, [batch, shape.Channels, shape.Height, shape.Width]);
        using var run = new RunOptions();
        string[] names = [.. session.OutputMetadata.Keys];
        using IDisposableReadOnlyCollection<OrtValue> answers = session.Run(run, ["input"], [given], names);
        return names.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second.GetTensorDataAsSpan<float>().ToArray());
    }
}
