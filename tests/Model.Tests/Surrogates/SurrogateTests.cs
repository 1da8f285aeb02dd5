using CsCheck;
using TorchSharp;

namespace StereoSpike.Model.Tests.Surrogates;

[Collection(nameof(OneTorchThread))]
public class SurrogateTests
{
    [Theory]
    [InlineData("atan:2", 0f, 1f)]                       // α/2
    [InlineData("atan:2", 0.31830987f, 0.5f)]            // x = 1/π: π/2·2·x = 1, so 1 / (1 + 1)
    [InlineData("atan:2", -0.31830987f, 0.5f)]           // even
    [InlineData("atan:4", 0.15915494f, 1f)]              // x = 1/(2π): 2 / (1 + 1)
    [InlineData("sigmoid:4", 0f, 1f)]                    // 4·½·½
    [InlineData("sigmoid:1", 1.0986123f, 0.1875f)]       // x = ln 3: σ = ¾, ¾·¼
    [InlineData("sigmoid:1", -1.0986123f, 0.1875f)]
    [InlineData("superspike:20", 0f, 1f)]                // 1 / 1²
    [InlineData("superspike:20", 0.05f, 0.25f)]          // 1 / (1 + 1)²
    [InlineData("superspike:1", -3f, 0.0625f)]           // 1 / 4²
    [InlineData("triangle:0.5", 0f, 0.5f)]
    [InlineData("triangle:0.5", -0.5f, 0.25f)]           // ½·(1 − ½)
    [InlineData("triangle:0.5", 1.5f, 0f)]
    [InlineData("quadratic:2", 0f, 2f)]                  // α
    [InlineData("quadratic:2", 0.25f, 1f)]               // 2 − 4·¼
    [InlineData("quadratic:2", -0.5f, 0f)]               // 0 from 1/α on
    [InlineData("exponential:2", 0f, 1f)]                // α/2
    [InlineData("exponential:2", -0.34657359f, 0.5f)]    // x = ln 2 / 2: half
    [InlineData("softsign:2", 0f, 1f)]                   // α/2
    [InlineData("softsign:2", 0.5f, 0.25f)]              // 1 / (1 + 1)²
    [InlineData("rectangle:2", 0.49f, 1f)]
    [InlineData("rectangle:2", -0.51f, 0f)]
    [InlineData("sigmoid:10:normalised", 0f, 1f)]
    [InlineData("sigmoid:4:normalised", 0.27465307f, 0.75f)]   // 4x = ln 3: 4·¾·¼ over a peak of 1
    [InlineData("quadratic:2:normalised", 0.25f, 0.5f)]
    public void Each_formula_gives_its_hand_worked_value(string surrogate, float x, float expected) =>
        Assert.Equal(expected, Surrogate.Parse(surrogate).Derivative(x), 1e-6f);

    [Fact]
    public void The_tensors_gradient_is_the_formula()
    {
        Gen.Select(Gen.Enum<SurrogateShape>(), Gen.Float[0.1f, 30f], Gen.Float[-3f, 3f].Array[1, 40], Gen.Bool).Sample((shape, alpha, excess, normalised) =>
        {
            Surrogate surrogate = normalised ? new Surrogate(shape, alpha).Normalised : new Surrogate(shape, alpha);
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor x = torch.tensor(excess, requires_grad: true);
            torch.Tensor upstream = torch.arange(1, excess.Length + 1).to_type(torch.ScalarType.Float32);   // so that the incoming gradient shows

            (SpikeFunction.Spike(x, true, surrogate) * upstream).sum().backward();

            float[] found = x.grad!.data<float>().ToArray();
            for (int i = 0; i < found.Length; i++)
            {
                float expected = surrogate.Derivative(excess[i]) * (i + 1);
                Assert.Equal(expected, found[i], 2e-6f + (2e-5f * Math.Abs(expected)));   // exp differs in its last places, which α amplifies
            }
        }, iter: 200, threads: 1);
    }

    [Theory]
    [InlineData(true, 1f)]
    [InlineData(false, 0f)]
    public void A_tie_fires_as_the_neuron_says_with_and_without_a_gradient(bool firesAtEquality, float atTie)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor still = torch.tensor([-1e-7f, 0f, 1e-7f]), learning = torch.tensor([-1e-7f, 0f, 1e-7f], requires_grad: true);

        Assert.Equal([0f, atTie, 1f], SpikeFunction.Spike(still, firesAtEquality, Surrogate.Default).data<float>().ToArray());
        Assert.Equal([0f, atTie, 1f], SpikeFunction.Spike(learning, firesAtEquality, Surrogate.Default).detach().data<float>().ToArray());
    }

    [Theory]
    [InlineData("atan", SurrogateShape.ATan, 2f)]
    [InlineData("Sigmoid", SurrogateShape.Sigmoid, 4f)]
    [InlineData("superspike", SurrogateShape.SuperSpike, 20f)]
    [InlineData("triangle", SurrogateShape.Triangle, 1f)]
    [InlineData("ATAN:0.5", SurrogateShape.ATan, 0.5f)]
    [InlineData("sigmoid:1e-3", SurrogateShape.Sigmoid, 0.001f)]
    public void A_name_is_read_with_its_own_default(string text, SurrogateShape shape, float alpha) =>
        Assert.Equal(new Surrogate(shape, alpha), Surrogate.Parse(text));

    [Fact]
    public void What_is_written_reads_back_the_same() => Gen.Select(Gen.Enum<SurrogateShape>(), Gen.Float[1e-6f, 1e6f])
        .Sample((shape, alpha) => Surrogate.Parse(new Surrogate(shape, alpha).ToString()) == new Surrogate(shape, alpha));

    [Theory]
    [InlineData("relu")]
    [InlineData("")]
    [InlineData("0")]                // an enum's number is no name
    [InlineData("atan:2:3")]
    [InlineData("atan,triangle")]
    public void An_unknown_shape_is_refused_with_the_known_ones(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => Surrogate.Parse(text));

        Assert.Equal($"\"{text}\" is no surrogate gradient; known are atan, sigmoid, superspike, triangle, quadratic, exponential, softsign, rectangle, with α after a colon: atan:2, and :normalised after that for a peak of 1.", error.Message);
    }

    [Theory]
    [InlineData("atan:0", "0")]
    [InlineData("atan:-1", "-1")]
    [InlineData("atan:NaN", "NaN")]
    [InlineData("atan:Infinity", "Infinity")]
    [InlineData("atan:1,5", "1,5")]   // a comma is neither a decimal point nor, silently, a thousands mark
    [InlineData("atan:", "")]
    public void A_parameter_that_is_no_positive_number_is_refused(string text, string alpha)
    {
        var error = Assert.Throws<ArgumentException>(() => Surrogate.Parse(text));

        Assert.Equal($"\"{alpha}\" is no α for the surrogate atan: it must be a number greater than 0.", error.Message);
    }
}
